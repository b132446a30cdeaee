using SipAlg.Linux.Bpf;
using static SipAlg.Linux.Bpf.BpfOperation;
using static SipAlg.Linux.Bpf.BpfTest;
using static SipAlg.Linux.Bpf.BpfWidth;
using static SipAlg.Linux.Bpf.Register;

namespace SipAlg.Media.Kernel;

/// <content>
/// The packet gets its new addresses, ports and traffic class, and one hop less to go. The kernel changes the UDP checksum, since it alone
/// knows whether that is complete or still to be done by the interface; 0 (none, over IPv4 only) stays.
/// </content>
internal sealed partial class FlowProgram
{
    /// <summary>BPF_F_RECOMPUTE_CSUM: what an interface has summed up of the packet changes with it.</summary>
    private const int SumToo = 1;

    /// <summary>BPF_F_PSEUDO_HDR and BPF_F_MARK_MANGLED_0.</summary>
    private const int OfAddresses = 0x10 | 0x20;
    private const int OfPorts = 0x20;

    private static readonly int NextPorts = FlowOffsets.Next(nameof(FlowKey.SourcePort));
    private static readonly int NextAddresses = FlowOffsets.Next(nameof(FlowKey.Source));

    private void Send()
    {
        var (v6, leave) = (new BpfLabel("rewrite IPv6"), new BpfLabel("leave"));
        _code.Read(Octets4, R1, R10[KeyField(nameof(FlowKey.Family))]).JumpIf(R1, NotEqual, IpLayout.V4.Family, v6);
        RewriteV4(IpLayout.V4);
        _code.Jump(leave).Place(v6);
        RewriteV6(IpLayout.V6);
        _code.Place(leave)
            .Read(Octets4, R1, R7[FlowOffsets.Flow(nameof(Flow.Interface))]).JumpIf(R1, Equal, 0, _up)
            .Move(R2, R7).Do(Add, R2, FlowOffsets.Flow(nameof(Flow.NextHop))).Move(R3, FlowOffsets.Octets<Neighbour>()).Move(R4, 0)
            .Call(BpfFunction.RedirectToNeighbour).Exit();
    }

    /// <summary>
    /// Header and ports in one piece. In the header's own checksum all changes cancel out, so that the sum over the packet changes by that of
    /// the addresses in UDP's alone, which the kernel notes.
    /// </summary>
    private void RewriteV4(IpLayout ip)
    {
        MeetPacket(ip);
        _code.Read(Octets4, R1, R7[FlowOffsets.Flow(nameof(Flow.FirstWord))]).Write(Octets2, R10[Header], R1)
            .Read(Octets2, R2, R8[ip.Length]).Write(Octets2, R10[Header + 2], R2)
            .Read(Octets2, R2, R8[EthernetOctets + 4]).Write(Octets2, R10[Header + 4], R2)
            .Read(Octets2, R2, R8[EthernetOctets + 6]).Write(Octets2, R10[Header + 6], R2)
            // The hop limit is the lower octet of its word.
            .Read(Octets2, R2, R8[ip.HopLimit]).Do(Subtract, R2, 1).Write(Octets2, R10[Header + 8], R2);
        SumHeader();
        Copy(NextAddresses, Header + 12);
        Copy(NextAddresses + 16, Header + 16);
        Copy(NextPorts, Header + 20);
        ChangeUdpChecksum(ip);
        Store(EthernetOctets, 24, 0);
    }

    /// <summary>RFC 1624: the complement of the sum, and to it what has changed; R1 is the new first word.</summary>
    private void SumHeader()
    {
        const int OneHopLess = 0xFFFE;
        _code.Do(And, R1, 0xFFFF)
            .Read(Octets2, R2, R8[EthernetOctets]).Do(Xor, R2, 0xFFFF).Do(Add, R1, R2)
            .Read(Octets2, R2, R8[EthernetOctets + 10]).Do(Xor, R2, 0xFFFF).Do(Add, R1, R2)
            .Read(Octets4, R2, R7[FlowOffsets.Flow(nameof(Flow.AddressDelta))]).Do(Add, R1, R2)
            .Do(Add, R1, OneHopLess);
        for (var fold = 0; fold < 3; fold++)
        {
            _code.Move(R2, R1).Do(ShiftRight, R2, 16).Do(And, R1, 0xFFFF).Do(Add, R1, R2);
        }

        _code.Do(Xor, R1, 0xFFFF).Write(Octets2, R10[Header + 10], R1);
    }

    /// <summary>There is no sum of its own in the header: what changes there changes the sum over the packet.</summary>
    private void RewriteV6(IpLayout ip)
    {
        MeetPacket(ip);
        Copy(FlowOffsets.Flow(nameof(Flow.FirstWord)), Header);
        _code.Read(Octets2, R2, R8[ip.Length]).Write(Octets2, R10[Header + 4], R2)
            .Read(Octets1, R2, R8[ip.NextHeader]).Write(Octets1, R10[Header + 6], R2)
            .Read(Octets1, R2, R8[ip.HopLimit]).Do(Subtract, R2, 1).Write(Octets1, R10[Header + 7], R2);
        for (var at = 0; at < 32; at += 4)
        {
            Copy(NextAddresses + at, Header + 8 + at);
        }

        ChangeUdpChecksum(ip);
        Store(EthernetOctets, 40, SumToo);
        Copy(NextPorts, Header);
        Store(ip.Ports, 4, 0);
    }

    private void MeetPacket(IpLayout ip)
    {
        ReadBounds(ip.Rtp);
        _code.JumpIf(R2, Above, R9, _up);
    }

    private void Copy(int ofFlow, int toStack) => _code.Read(Octets4, R2, R7[ofFlow]).Write(Octets4, R10[toStack], R2);

    private void ChangeUdpChecksum(IpLayout ip)
    {
        Change(nameof(Flow.AddressDelta), OfAddresses);
        Change(nameof(Flow.PortDelta), OfPorts);

        void Change(string delta, int flags) =>
            _code.Move(R1, R6).Move(R2, ip.UdpChecksum).Move(R3, 0).Read(Octets4, R4, R7[FlowOffsets.Flow(delta)]).Move(R5, flags).Call(BpfFunction.ReplaceL4Checksum);
    }

    private void Store(int at, int octets, int flags) =>
        _code.Move(R1, R6).Move(R2, at).Move(R3, R10).Do(Add, R3, Header).Move(R4, octets).Move(R5, flags).Call(BpfFunction.StoreOctets);
}
