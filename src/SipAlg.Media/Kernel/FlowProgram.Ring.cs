using SipAlg.Linux.Bpf;
using static SipAlg.Linux.Bpf.BpfOperation;
using static SipAlg.Linux.Bpf.BpfTest;
using static SipAlg.Linux.Bpf.BpfWidth;
using static SipAlg.Linux.Bpf.Register;

namespace SipAlg.Media.Kernel;

/// <content>
/// Packets with which more has to be done than the program can do (SRTP) go to the relay thread by a ring of memory, and are seen by nobody else.
/// Where the ring has no room they pass up, and their socket has them.
/// </content>
internal sealed partial class FlowProgram
{
    /// <summary>TCX_DROP and TC_ACT_SHOT.</summary>
    private const int Taken = 2;

    private static readonly int OriginOctets = FlowOffsets.Of<RingPacket>(nameof(RingPacket.At));
    private static readonly int DatagramAt = FlowOffsets.Octets<RingPacket>();

    /// <summary>R8 is the cell of the entry, and then the record; R9 the octets of the datagram.</summary>
    private void HandOver()
    {
        if (_rings.Length == 0)
        {
            return;
        }

        var (plain, full, undone) = (new BpfLabel("relayed here"), new BpfLabel("no room"), new BpfLabel("undone"));
        _code.Read(Octets4, R1, R7[FlowOffsets.Flow(nameof(Flow.Ring))]).JumpIf(R1, Equal, 0, plain);
        Reserve(full);
        for (var at = 0; at < OriginOctets; at += 8)
        {
            _code.Read(Octets8, R1, R7[FlowOffsets.Flow(nameof(Flow.Origin)) + at]).Write(Octets8, R8[at], R1);
        }

        _code.Call(BpfFunction.MonotonicTime).Write(Octets8, R8[OriginOctets], R0);
        LoadDatagram(undone);
        _code.Move(R1, R8).Move(R2, 0).Call(BpfFunction.SubmitRecord).Move(R0, Taken).Exit()
            .Place(undone).Move(R1, R8).Move(R2, 0).Call(BpfFunction.DiscardRecord).Jump(_up)
            .Place(full).Move(R1, 1).AddAtomically(Octets4, R8[FlowOffsets.Cell(nameof(FlowCell.WithoutRoom))], R1).Jump(_up)
            .Place(plain);
    }

    private void Reserve(BpfLabel full)
    {
        var (few, chosen) = (new BpfLabel("few octets"), new BpfLabel("a ring"));
        _code.Read(Octets4, R9, R10[UdpPayload]).Do(Add, R9, UdpOctets)
            .JumpIf(R9, Below, UdpOctets + RtpOctets, _up).JumpIf(R9, Above, RingPacket.MostOctets, _up);
        _code.Read(Octets4, R3, R7[FlowOffsets.Flow(nameof(Flow.Ring))])
            .Move(R2, DatagramAt + RingPacket.FewOctets).JumpIf(R9, BelowOrEqual, RingPacket.FewOctets, few)
            .Move(R2, DatagramAt + RingPacket.MostOctets).Place(few);
        for (var ring = 0; ring < _rings.Length; ring++)
        {
            var other = new BpfLabel("another ring");
            _code.JumpIf(R3, NotEqual, ring + 1, other).LoadMap(R1, _rings[ring]).Jump(chosen).Place(other);
        }

        _code.Jump(_up)
            .Place(chosen).Move(R3, 0).Call(BpfFunction.ReserveRecord).JumpIf(R0, Equal, 0, full).Move(R8, R0);
    }

    private void LoadDatagram(BpfLabel undone)
    {
        var known = new BpfLabel("where it is");
        _code.Move(R2, IpLayout.V4.Ports).Read(Octets4, R1, R10[KeyField(nameof(FlowKey.Family))]).JumpIf(R1, Equal, IpLayout.V4.Family, known)
            .Move(R2, IpLayout.V6.Ports).Place(known)
            .Move(R1, R6).Move(R3, R8).Do(Add, R3, DatagramAt).Move(R4, R9).Call(BpfFunction.LoadOctets).JumpIf(R0, NotEqual, 0, undone);
    }
}
