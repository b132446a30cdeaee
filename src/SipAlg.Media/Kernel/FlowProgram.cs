using SipAlg.Linux.Bpf;
using static SipAlg.Linux.Bpf.BpfOperation;
using static SipAlg.Linux.Bpf.BpfTest;
using static SipAlg.Linux.Bpf.BpfWidth;
using static SipAlg.Linux.Bpf.Register;

namespace SipAlg.Media.Kernel;

/// <summary>
/// Writes the program: finds RTP of known flows among the packets that come in by an interface, counts it as the relay thread would, and sends it
/// on under new addresses. Whatever it is not sure of passes up, unchanged: options, fragments, other protocols, the first packet
/// of a source or payload type, a number that is not where it should be.
/// </summary>
/// <remarks>R6 is the packet's context, R7 the flow, R8 and R9 the packet's start and end, and later the cells of entry and exit.</remarks>
internal sealed partial class FlowProgram
{
    /// <summary>TCX_NEXT and TC_ACT_UNSPEC: whoever comes next, in the end the system's network code.</summary>
    private const int Up = -1;

    private const int EthernetOctets = 14;
    private const int VlanNumber = 0xFFF;
    private const int UdpOctets = 8;
    private const int RtpOctets = 12;

    /// <summary>Of struct __sk_buff.</summary>
    private const int ContextLength = 0;
    private const int ContextPacketType = 4;
    private const int ContextProtocol = 16;
    private const int ContextHasVlan = 20;
    private const int ContextVlanTag = 24;
    private const int ContextInterface = 40;
    private const int ContextData = 76;
    private const int ContextDataEnd = 80;
    private const int ContextSegmentSize = 176;

    /// <summary>Of the stack, from its end.</summary>
    private const int Key = -40;
    private const int Now = -48;
    private const int Sequence = -60;
    private const int Timestamp = -64;
    private const int Source = -68;
    private const int PayloadType = -72;
    private const int UdpPayload = -76;
    private const int PacketOctets = -80;
    private const int Header = -128;

    private readonly BpfAssembler _code = new();
    private readonly BpfLabel _up = new("up");
    private readonly int _flows;
    private readonly int _cells;
    private readonly int[] _rings;

    private FlowProgram(int flows, int cells, int[] rings) => (_flows, _cells, _rings) = (flows, cells, rings);

    /// <param name="flows">Descriptor of the map from <see cref="FlowKey"/> to <see cref="Flow"/>.</param>
    /// <param name="cells">Descriptor of the array of <see cref="FlowCell"/>.</param>
    /// <param name="rings">Descriptors of rings, for flows of <see cref="Flow.Ring"/> 1 and on.</param>
    public static ulong[] Write(int flows, int cells, ReadOnlySpan<int> rings = default) => new FlowProgram(flows, cells, rings.ToArray()).Write();

    private static int KeyField(string field) => Key + FlowOffsets.Of<FlowKey>(field);

    private ulong[] Write()
    {
        var (v4, v6, found) = (new BpfLabel("IPv4"), new BpfLabel("IPv6"), new BpfLabel("found"));
        Choose(v4, v6);
        _code.Place(v4);
        Parse(IpLayout.V4, found);
        _code.Place(v6);
        Parse(IpLayout.V6, found);
        _code.Place(found);
        FindFlow();
        FindCells();
        CheckWay();
        HandOver();
        EndPriorityTag();
        CountPacket();
        Send();
        _code.Place(_up).Move(R0, Up).Exit();
        return _code.Assemble();
    }

    /// <summary>
    /// What is for another host, made of several packets, or of a VLAN passes up: the system hands a packet of a VLAN to its interface,
    /// where the program meets it again without the tag. A tag of VLAN 0 has a priority alone (IEEE 802.1Q).
    /// </summary>
    private void Choose(BpfLabel v4, BpfLabel v6)
    {
        var plain = new BpfLabel("of no VLAN");
        _code.Move(R6, R1)
            .Read(Octets4, R2, R6[ContextPacketType]).JumpIf(R2, NotEqual, 0, _up)
            .Read(Octets4, R2, R6[ContextHasVlan]).JumpIf(R2, Equal, 0, plain)
            .Read(Octets4, R2, R6[ContextVlanTag]).Do(And, R2, VlanNumber).JumpIf(R2, NotEqual, 0, _up)
            .Place(plain)
            .Read(Octets4, R2, R6[ContextSegmentSize]).JumpIf(R2, NotEqual, 0, _up)
            .Read(Octets4, R2, R6[ContextProtocol])
            .JumpIf(R2, Equal, IpLayout.V4.Protocol, v4)
            .JumpIf(R2, Equal, IpLayout.V6.Protocol, v6)
            .Jump(_up);
    }

    private void Parse(IpLayout ip, BpfLabel found)
    {
        MeetHeaders(ip.Rtp + RtpOctets);
        _code.Read(Octets1, R2, R8[ip.NextHeader]).JumpIf(R2, NotEqual, IpLayout.Udp, _up)
            .Read(Octets1, R2, R8[ip.HopLimit]).JumpIf(R2, BelowOrEqual, 1, _up);
        CheckHeader(ip);
        CheckLengths(ip);
        CheckRtp(ip.Rtp);
        WriteKey(ip);
        _code.Jump(found);
    }

    /// <summary>R8 and R9 around at least so many octets, which the kernel may first have to bring together.</summary>
    private void MeetHeaders(int octets)
    {
        var together = new BpfLabel("together");
        ReadBounds(octets);
        _code.JumpIf(R2, BelowOrEqual, R9, together)
            .Read(Octets4, R2, R6[ContextLength]).JumpIf(R2, Below, octets, _up)
            .Move(R1, R6).Move(R2, octets).Call(BpfFunction.PullData);
        ReadBounds(octets);
        _code.JumpIf(R2, Above, R9, _up).Place(together);
    }

    private void ReadBounds(int octets) =>
        _code.Read(Octets4, R8, R6[ContextData]).Read(Octets4, R9, R6[ContextDataEnd]).Move(R2, R8).Do(Add, R2, octets);

    private void CheckHeader(IpLayout ip)
    {
        if (ip.IsV4)
        {
            // A header of 20 octets, and no fragment (0x3FFF in network order).
            _code.Read(Octets1, R2, R8[EthernetOctets]).JumpIf(R2, NotEqual, 0x45, _up)
                .Read(Octets2, R2, R8[EthernetOctets + 6]).Do(And, R2, 0xFF3F).JumpIf(R2, NotEqual, 0, _up);
        }
        else
        {
            // Over IPv6 a UDP checksum of 0 is none (RFC 8200 §8.1): the system drops and counts it.
            _code.Read(Octets1, R2, R8[EthernetOctets]).Do(And, R2, 0xF0).JumpIf(R2, NotEqual, 0x60, _up)
                .Read(Octets2, R2, R8[ip.UdpChecksum]).JumpIf(R2, Equal, 0, _up);
        }
    }

    /// <summary>All lengths have to agree; behind them there may be padding of a short Ethernet frame.</summary>
    private void CheckLengths(IpLayout ip)
    {
        _code.Read(Octets2, R3, R8[ip.UdpLength]).Swap16(R3).JumpIf(R3, Below, UdpOctets + RtpOctets, _up)
            .Read(Octets2, R4, R8[ip.Length]).Swap16(R4).Move(R2, R3).Do(Add, R2, ip.LengthBeforeUdp).JumpIf(R2, NotEqual, R4, _up)
            .Move(R4, R3).Do(Add, R4, ip.Octets).Read(Octets4, R5, R6[ContextLength]).Do(Subtract, R5, EthernetOctets).JumpIf(R4, Above, R5, _up)
            .Write(Octets4, R10[PacketOctets], R4)
            .Do(Subtract, R3, UdpOctets).Write(Octets4, R10[UdpPayload], R3);
    }

    /// <summary>Version 2, and no type that RTCP has where it shares the port (RFC 5761 §4).</summary>
    private void CheckRtp(int rtp)
    {
        _code.Read(Octets1, R2, R8[rtp]).Do(And, R2, 0xC0).JumpIf(R2, NotEqual, 0x80, _up)
            .Read(Octets1, R2, R8[rtp + 1]).Move(R3, R2).Do32(Subtract, R3, 192).JumpIf32(R3, BelowOrEqual, 223 - 192, _up)
            .Do(And, R2, 0x7F).Write(Octets4, R10[PayloadType], R2)
            .Read(Octets2, R2, R8[rtp + 2]).Swap16(R2).Write(Octets4, R10[Sequence], R2)
            .Read(Octets4, R2, R8[rtp + 4]).Swap32(R2).Write(Octets4, R10[Timestamp], R2)
            .Read(Octets4, R2, R8[rtp + 8]).Swap32(R2).Write(Octets4, R10[Source], R2);
    }

    private void WriteKey(IpLayout ip)
    {
        for (var at = 0; at < 32; at += 4)
        {
            var of = ip.Addresses + (at / 16 * ip.AddressOctets) + (at % 16);
            _ = at % 16 < ip.AddressOctets
                ? _code.Read(Octets4, R2, R8[of]).Write(Octets4, R10[Key + at], R2)
                : _code.Write(Octets4, R10[Key + at], 0);
        }

        _code.Read(Octets4, R2, R8[ip.Ports]).Write(Octets4, R10[KeyField(nameof(FlowKey.SourcePort))], R2)
            .Write(Octets4, R10[KeyField(nameof(FlowKey.Family))], ip.Family);
    }

    private void FindFlow() =>
        _code.LoadMap(R1, _flows).Move(R2, R10).Do(Add, R2, Key).Call(BpfFunction.MapLookup).JumpIf(R0, Equal, 0, _up).Move(R7, R0);

    /// <summary>
    /// The cells of both ports, whose gates have to be as they were when the flow was made. Their numbers are looked up where they lie: behind a first write
    /// to the stack the kernel has the processor wait for all that it has asked memory for, unless who loads the program has CAP_PERFMON.
    /// </summary>
    private void FindCells()
    {
        FindCell(R8, nameof(Flow.Entry), nameof(Flow.EntryGate));
        FindCell(R9, nameof(Flow.Exit), nameof(Flow.ExitGate));
    }

    private void FindCell(Register cell, string index, string gate) =>
        _code.LoadMap(R1, _cells).Move(R2, R7).Do(Add, R2, FlowOffsets.Flow(index)).Call(BpfFunction.MapLookup).JumpIf(R0, Equal, 0, _up).Move(cell, R0)
            .Read(Octets4, R1, cell[FlowOffsets.Cell(nameof(FlowCell.Gate))]).Read(Octets4, R2, R7[FlowOffsets.Flow(gate)])
            .JumpIf32(R1, NotEqual, R2, _up);

    /// <summary>
    /// Between two ends of this host packets come and stay on loopback, whose route they keep. From loopback nothing leaves, and nothing
    /// that came from elsewhere goes there: the system would take its source for forged.
    /// </summary>
    private void CheckWay()
    {
        var (local, checkedWay) = (new BpfLabel("local"), new BpfLabel("checked"));
        _code.Read(Octets4, R1, R10[PacketOctets]).Read(Octets4, R2, R7[FlowOffsets.Flow(nameof(Flow.MostOctets))]).JumpIf32(R1, Above, R2, _up)
            .Read(Octets4, R1, R6[ContextInterface]).Read(Octets4, R2, R7[FlowOffsets.Flow(nameof(Flow.Interface))])
            .JumpIf(R2, Equal, 0, local)
            .JumpIf(R1, Equal, Linux.Netlink.NetworkInterface.Loopback, _up).Jump(checkedWay)
            .Place(local).JumpIf(R1, NotEqual, Linux.Netlink.NetworkInterface.Loopback, _up)
            .Place(checkedWay);
    }

    /// <summary>It is for the way that the packet came by, and would else go on with it.</summary>
    private void EndPriorityTag()
    {
        var untagged = new BpfLabel("untagged");
        _code.Read(Octets4, R1, R6[ContextHasVlan]).JumpIf(R1, Equal, 0, untagged)
            .Move(R1, R6).Call(BpfFunction.PopVlanTag).JumpIf(R0, NotEqual, 0, _up)
            .Place(untagged);
    }
}
