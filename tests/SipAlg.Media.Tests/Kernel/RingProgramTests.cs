using System.Diagnostics;
using SipAlg.Linux;
using SipAlg.Linux.Bpf;
using SipAlg.Media.Kernel;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Tests.Kernel;

/// <summary>What the program hands over by a ring, octet by octet, and what it leaves to the sockets.</summary>
public sealed unsafe class RingProgramTests : IDisposable
{
    private const int Taken = 2;
    private const ulong Mark = 0x1234_5678_9ABC_DEF1;

    private readonly BpfRing _other = BpfRing.TryOpen("other"u8, 4096)!;
    private readonly BpfRing _ring = BpfRing.TryOpen("ring"u8, 4096)!;
    private readonly ProgramRig _rig;
    private RingReader _reader;

    public RingProgramTests()
    {
        _rig = new ProgramRig(_other, _ring);
        _reader = _ring.Reader;
    }

    public void Dispose()
    {
        _rig.Dispose();
        _ring.Dispose();
        _other.Dispose();
    }

    public static TheoryData<bool> Versions => [true, false];

    private static IpEndpoint A(bool isV4) => IpEndpoint.Parse(isV4 ? "192.0.2.1:4000" : "[2001:db8::1]:4000");

    private static IpEndpoint Port(bool isV4) => IpEndpoint.Parse(isV4 ? "10.0.0.1:20000" : "[2001:db8:1::1]:20000");

    private Frame Known(bool isV4, uint arrivesBy = 0)
    {
        _rig.AddRinged(A(isV4), Port(isV4), ring: 2, Mark, arrivesBy);
        return new Frame(A(isV4), Port(isV4), Phone.Rtp(2));
    }

    private RingPacket* Next()
    {
        _reader.Look();
        return (RingPacket*)_reader.Next();
    }

    private void PassesUp(byte[] frame, int arrivesBy = ProgramRig.Loopback)
    {
        var (result, octets) = _rig.Run(frame, arrivesBy);
        Assert.Equal(ProgramRig.Passed, result);
        Assert.Equal(frame, octets);
        Assert.True(Next() == null);
    }

    private void HandsOver(Frame frame)
    {
        var before = Stopwatch.GetTimestamp();
        Assert.Equal(Taken, _rig.Run(frame.ToOctets()).Result);
        var packet = Next();
        Assert.True(packet != null);
        var octets = RingPacket.Octets(packet);
        Assert.Equal(frame.ToOctets()[frame.Udp..], new ReadOnlySpan<byte>(RingPacket.Datagram(packet), octets).ToArray());
        Assert.Equal((Mark, frame.From), (packet->Origin.Mark, packet->Origin.Source.ToEndpoint()));
        Assert.InRange(packet->At, before, Stopwatch.GetTimestamp());
        Assert.True(Checksum.IsSound(RingPacket.Datagram(packet), octets, packet->Origin.PseudoSum));
        _reader.GiveBack();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Packets_of_all_lengths_come_whole_and_are_counted_by_nobody(bool isV4)
    {
        var frame = Known(isV4);
        foreach (var payload in new[] { 0, 1, 7, 160, 182, 243, 244, 245, 246, 800, 1523, 1524 })
        {
            HandsOver(frame with { Payload = Phone.Rtp(payload, payload: payload), TrafficClass = 0xB8 });
        }

        Assert.Equal((0, 0, 0), (_rig.Entry->PacketsIn, _rig.Entry->Stream.Packets, _rig.Exit->PacketsOut));
        Assert.False(_other.Reader.HasMore());
        PassesUp((frame with { Payload = Phone.Rtp(3, payload: 1525) }).ToOctets());
    }

    /// <summary>The numbers of encrypted streams are the relay thread's business.</summary>
    [Fact]
    public void Any_source_payload_type_and_number_is_handed_over()
    {
        var frame = Known(true);
        for (var number = 1; number < 50; number++)
        {
            var rtp = Phone.Rtp(number * 7919, ssrc: (uint)number);
            rtp[1] = (byte)number;
            HandsOver(frame with { Payload = rtp });
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void What_is_not_the_flows_RTP_passes_up(bool isV4)
    {
        var frame = Known(isV4);
        PassesUp((frame with { Payload = Phone.Rtcp() }).ToOctets());
        PassesUp((frame with { Payload = [0x80, 200, .. Phone.Rtp(2)[2..]] }).ToOctets());
        PassesUp((frame with { Payload = [20, 0xFE, 0xFD, .. Phone.Rtp(2)[3..]] }).ToOctets());
        PassesUp((frame with { Payload = [0, 1, .. Phone.Rtp(2)[2..]] }).ToOctets());
        PassesUp((frame with { From = frame.From.WithPort(4001) }).ToOctets());
        PassesUp((frame with { HopLimit = 1 }).ToOctets());
        if (isV4)
        {
            PassesUp((frame with { Options = 1 }).ToOctets());
            PassesUp((frame with { Fragment = 0x2000 }).ToOctets());
            HandsOver(frame with { HasChecksum = false });
        }
    }

    [Fact]
    public void A_gate_that_was_raised_leaves_packets_to_the_socket()
    {
        var frame = Known(true);
        HandsOver(frame);
        _rig.Entry->Gate++;
        PassesUp(frame.ToOctets());
        _rig.Entry->Gate--;
        _rig.Exit->Gate++;
        PassesUp(frame.ToOctets());
        _rig.Exit->Gate--;
        HandsOver(frame);
    }

    [Fact]
    public void What_comes_by_loopback_is_of_this_host_and_nothing_else_is()
    {
        PassesUp(Known(true, arrivesBy: ProgramRig.Elsewhere).ToOctets());
    }

    [Fact]
    public void A_ring_that_is_full_leaves_packets_to_the_socket_and_takes_them_again()
    {
        var frame = Known(true);
        for (var round = 1; round < 20; round++)
        {
            var taken = 0;
            while (_rig.Run((frame with { Payload = Phone.Rtp(taken) }).ToOctets()).Result == Taken)
            {
                taken++;
            }

            Assert.InRange(taken, 11, 12);
            Assert.Equal((uint)round, _rig.Entry->WithoutRoom);
            for (var number = 0; number < taken; number++)
            {
                Assert.Equal(number, RingPacket.Datagram(Next())[8 + 3]);
            }

            Assert.True(Next() == null);
            Assert.False(_reader.HasMore());
        }
    }

    [Fact]
    public void A_ring_is_readable_while_it_has_packets()
    {
        using var epoll = new Epoll();
        Assert.True(epoll.TryWatch(_ring.Descriptor, 5));
        var frame = Known(true);
        for (var round = 0; round < 3; round++)
        {
            Assert.Equal(0, epoll.Wait(0));
            HandsOver(frame);
            Assert.Equal(0, epoll.Wait(0));
            _ = _rig.Run(frame.ToOctets());
            Assert.Equal(1, epoll.Wait(20_000));
            Assert.True(_reader.HasMore());
            Assert.Equal(1, epoll.Wait(0));
            Assert.True(Next() != null);
            Assert.False(_reader.HasMore());
        }
    }
}
