using System.Runtime.InteropServices;
using SipAlg.Linux;
using SipAlg.Linux.Bpf;
using SipAlg.Linux.Memory;
using SipAlg.Media.Kernel;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Tests.Kernel;

/// <summary>The program in the kernel, run on one frame after the other with no interface: two ends, A and B, and the gateway's ports between them.</summary>
internal sealed unsafe class ProgramRig : IDisposable
{
    public const int Passed = -1;
    public const int Redirected = 7;
    public const int Loopback = 1;

    /// <summary>An interface that is not loopback.</summary>
    public const uint Elsewhere = 2;

    private readonly BpfMap _flows = BpfMap.NewHash("flows"u8, sizeof(FlowKey), sizeof(Flow), 16);
    private readonly BpfMap _cells = BpfMap.NewSharedArray("cells"u8, FlowCell.Octets, 2);
    private readonly SharedMemory _memory;
    private readonly BpfProgram _program;
    private readonly byte[] _output = new byte[2048];

    /// <param name="rings">That packets may be handed over by.</param>
    public ProgramRig(params ReadOnlySpan<BpfRing> rings)
    {
        _memory = _cells.Share(2);
        var descriptors = new int[rings.Length];
        for (var i = 0; i < rings.Length; i++)
        {
            descriptors[i] = rings[i].Descriptor;
        }

        _program = BpfProgram.Load("relay"u8, FlowProgram.Write(_flows.Descriptor, _cells.Descriptor, descriptors));
    }

    public FlowCell* Entry => (FlowCell*)_memory.Start;
    public FlowCell* Exit => Entry + 1;

    /// <summary>A flow whose stream has begun: number and source of its last packet.</summary>
    public void Add(IpEndpoint source, IpEndpoint entry, IpEndpoint exit, IpEndpoint target, uint leavesBy = 0, byte dscp = 0, uint most = 1500)
    {
        var key = FlowKey.Of(SockAddr.From(source), SockAddr.From(entry));
        var flow = Flow.Between(key, SockAddr.From(exit), SockAddr.From(target), dscp) with
        {
            Entry = 0, Exit = 1, EntryGate = Entry->Gate, ExitGate = Exit->Gate, MostOctets = most, Interface = leavesBy,
        };
        Assert.Equal(0, _flows.Update(&key, &flow));
    }

    /// <summary>A flow whose packets go to a ring.</summary>
    public void AddRinged(IpEndpoint source, IpEndpoint entry, uint ring, ulong mark, uint arrivesBy = 0)
    {
        var key = FlowKey.Of(SockAddr.From(source), SockAddr.From(entry));
        var flow = new Flow
        {
            Entry = 0, Exit = 1, EntryGate = Entry->Gate, ExitGate = Exit->Gate, MostOctets = RingPacket.MostOctets + 40, Interface = arrivesBy, Ring = ring,
            Origin = new RingOrigin { Mark = mark, Source = SockAddr.From(source), PseudoSum = Checksum.PseudoSum(SockAddr.From(source), SockAddr.From(entry)) },
        };
        Assert.Equal(0, _flows.Update(&key, &flow));
    }

    /// <summary>The stream's packets so far, as user space counts them.</summary>
    public void Begin(byte[] rtp, long now = 0)
    {
        fixed (byte* packet = rtp)
        {
            Media.Statistics.StreamCounters.Rtp(&Entry->Stream, packet, rtp.Length, now);
        }
    }

    public (int Result, byte[] Octets) Run(byte[] frame, int arrivesBy = Loopback, int segmentSize = 0)
    {
        const int IfIndex = 40;
        const int SegmentSize = 176;
        var context = new byte[192];
        MemoryMarshal.Write(context.AsSpan(IfIndex), arrivesBy);
        MemoryMarshal.Write(context.AsSpan(SegmentSize), segmentSize);
        var result = _program.Run(frame, context, _output, out var length);
        return (result, _output[..length]);
    }

    public void Dispose()
    {
        _program.Dispose();
        _memory.Dispose();
        _cells.Dispose();
        _flows.Dispose();
    }
}
