using System.Net;
using System.Net.Sockets;
using SipAlg.Linux.Bpf;
using SipAlg.Linux.Netlink;
using SipAlg.Testing.Network;
using static SipAlg.Linux.Bpf.Register;

namespace SipAlg.Linux.Tests.Bpf;

/// <summary>Programs at the loopback interface of a namespace: they count what comes in.</summary>
public sealed unsafe class AttachTests : IDisposable
{
    private const int Next = -1;

    private readonly NetworkRoom _room = new();
    private readonly BpfMap _map = BpfMap.NewSharedArray("count"u8, 8, 1);
    private readonly BpfProgram _program;
    private readonly Linux.Memory.SharedMemory _memory;

    public AttachTests()
    {
        _memory = _map.Share(1);
        var none = new BpfLabel("none");
        _program = BpfProgram.Load("count"u8, new BpfAssembler()
            .Write(BpfWidth.Octets4, R10[-4], 0).LoadMap(R1, _map.Descriptor).Move(R2, R10).Do(BpfOperation.Add, R2, -4).Call(BpfFunction.MapLookup)
            .JumpIf(R0, BpfTest.Equal, 0, none).Move(R1, 1).AddAtomically(BpfWidth.Octets8, R0[0], R1)
            .Place(none).Move(R0, Next).Exit().Assemble());
    }

    public void Dispose()
    {
        _memory.Dispose();
        _program.Dispose();
        _map.Dispose();
        _room.Dispose();
    }

    private ulong Count => Volatile.Read(ref *(ulong*)_memory.Start);

    /// <summary>Sends a datagram and waits until it has come: it has passed the interface then.</summary>
    private void Send() => _room.Do(() =>
    {
        using var receiver = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        receiver.Client.ReceiveTimeout = 20_000;
        receiver.Send([1], 1, (IPEndPoint)receiver.Client.LocalEndPoint!);
        IPEndPoint? from = null;
        receiver.Receive(ref from);
    });

    [Fact]
    public void A_link_attaches_and_its_end_detaches()
    {
        var link = _room.Do(() => _program.TryAttach(NetworkInterface.Loopback, out _));
        Assert.NotNull(link);
        Send();
        Assert.Equal(1u, Count);
        link.Dispose();
        Send();
        Assert.Equal(1u, Count);
    }

    [Fact]
    public void An_interface_that_is_not_there_is_a_value()
    {
        const int NoDevice = 19;
        var (link, errno) = _room.Do(() => (_program.TryAttach(99, out var errno), errno));
        Assert.Null(link);
        Assert.Equal(NoDevice, errno);
    }

    [Fact]
    public void The_clsact_way_attaches_finds_and_detaches() => _room.Do(() =>
    {
        using var control = new TrafficControl();
        Assert.Equal(0, control.Attach(NetworkInterface.Loopback, _program.Descriptor, "sipalg/1"));
        Assert.Equal(0, control.Attach(NetworkInterface.Loopback, _program.Descriptor, "other"));
        var attached = Assert.Single(control.List(NetworkInterface.Loopback, "sipalg/"));
        Assert.Equal("sipalg/1", attached.Name);
        Assert.Equal(0, control.Detach(attached));
        Assert.Empty(control.List(NetworkInterface.Loopback, "sipalg/"));
        Assert.Single(control.List(NetworkInterface.Loopback, "other"));
    });

    /// <summary>What is attached outlives whom it belongs to; what it leads to does not.</summary>
    [Fact]
    public void An_array_of_programs_leads_nowhere_once_nobody_holds_it()
    {
        var array = BpfMap.NewProgramArray("programs"u8, 1);
        var (number, descriptor) = (0, _program.Descriptor);
        Assert.Equal(0, array.Update(&number, &descriptor));
        using var entrance = BpfProgram.Load("entrance"u8, new BpfAssembler()
            .LoadMap(R2, array.Descriptor).Move(R3, 0).Call(BpfFunction.TailCall).Move(R0, Next).Exit().Assemble());
        using var link = _room.Do(() => entrance.TryAttach(NetworkInterface.Loopback, out _));
        Send();
        Assert.Equal(1u, Count);
        array.Dispose();
        // The kernel empties it beside us.
        Assert.True(SpinWait.SpinUntil(() =>
        {
            var before = Count;
            Send();
            return Count == before;
        }, TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public void Both_ways_see_every_packet_on_one_interface()
    {
        using var link = _room.Do(() => _program.TryAttach(NetworkInterface.Loopback, out _));
        _room.Do(() =>
        {
            using var control = new TrafficControl();
            Assert.Equal(0, control.Attach(NetworkInterface.Loopback, _program.Descriptor, "sipalg/1"));
        });
        Send();
        Assert.Equal(2u, Count);
    }
}
