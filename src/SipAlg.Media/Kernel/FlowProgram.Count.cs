using SipAlg.Linux.Bpf;
using SipAlg.Media.Statistics;
using static SipAlg.Linux.Bpf.BpfOperation;
using static SipAlg.Linux.Bpf.BpfTest;
using static SipAlg.Linux.Bpf.BpfWidth;
using static SipAlg.Linux.Bpf.Register;

namespace SipAlg.Media.Kernel;

/// <content>
/// The part of <see cref="StreamCounters"/> that concerns a packet in its place, instruction by instruction the same. Where that has more to do
/// (another source, another payload type, a number out of place) the packet passes up, and the relay thread does it.
/// </content>
internal sealed partial class FlowProgram
{
    private static readonly int Marks = FlowOffsets.Stream(nameof(StreamCounters.Marks));
    private static readonly int Highest = FlowOffsets.Stream(nameof(StreamCounters.Highest));
    private static readonly int Window = FlowOffsets.Stream(nameof(StreamCounters.Window));

    private void CountPacket()
    {
        var (ahead, behind, placed) = (new BpfLabel("ahead"), new BpfLabel("behind"), new BpfLabel("placed"));
        CheckStream();
        FindPlace(ahead, behind);
        _code.Place(ahead);
        CountOnce();
        Advance(placed);
        _code.Place(behind);
        CountOnce();
        Fill(placed);
        _code.Place(placed);
        Time();
    }

    private void CheckStream() =>
        _code.Read(Octets1, R2, R8[Marks]).JumpIf(R2, AnyBit, (int)StreamMarks.HasSequence, Checked(out var has)).Jump(_up).Place(has)
            .Read(Octets4, R1, R10[PayloadType]).Read(Octets1, R2, R8[FlowOffsets.Stream(nameof(StreamCounters.PayloadType))]).JumpIf(R1, NotEqual, R2, _up)
            .Read(Octets4, R1, R10[Source]).Read(Octets4, R2, R8[FlowOffsets.Stream(nameof(StreamCounters.Ssrc))]).JumpIf32(R1, NotEqual, R2, _up);

    private static BpfLabel Checked(out BpfLabel label) => label = new BpfLabel("checked");

    /// <summary>How far the packet is ahead of the highest (modulo 2^16), in R1 and on the stack: a little, or behind by less than the window.</summary>
    private void FindPlace(BpfLabel ahead, BpfLabel behind) =>
        _code.Read(Octets4, R1, R10[Sequence]).Read(Octets4, R2, R8[Highest]).Do(Subtract, R1, R2).Do(And, R1, 0xFFFF).Write(Octets4, R10[Sequence], R1)
            .JumpIf(R1, Equal, 0, behind)
            .JumpIf(R1, Below, StreamCounters.MostMissing, ahead)
            .JumpIf(R1, Above, 0x1_0000 - 64, behind)
            .Jump(_up);

    /// <summary>Packets, octets and times, of the stream and of both ports.</summary>
    private void CountOnce()
    {
        _code.Call(BpfFunction.MonotonicTime).Write(Octets8, R10[Now], R0)
            .Move(R1, 1)
            .AddAtomically(Octets8, R8[FlowOffsets.Stream(nameof(StreamCounters.Packets))], R1)
            .AddAtomically(Octets8, R8[FlowOffsets.Cell(nameof(FlowCell.PacketsIn))], R1)
            .AddAtomically(Octets8, R9[FlowOffsets.Cell(nameof(FlowCell.PacketsOut))], R1)
            .Read(Octets4, R1, R10[UdpPayload])
            .AddAtomically(Octets8, R8[FlowOffsets.Stream(nameof(StreamCounters.Octets))], R1)
            .AddAtomically(Octets8, R8[FlowOffsets.Cell(nameof(FlowCell.OctetsIn))], R1)
            .AddAtomically(Octets8, R9[FlowOffsets.Cell(nameof(FlowCell.OctetsOut))], R1);
        CountGap();
    }

    private void CountGap()
    {
        var (last, longest) = (FlowOffsets.Stream(nameof(StreamCounters.LastAt)), FlowOffsets.Stream(nameof(StreamCounters.LongestGap)));
        var (paused, small, counted) = (new BpfLabel("paused"), new BpfLabel("small"), new BpfLabel("counted"));
        // Another processor may have been quicker: time never goes back.
        _code.Read(Octets8, R1, R8[last]).JumpIf(R0, BelowOrEqual, R1, counted)
            .Write(Octets8, R8[last], R0).Do(Subtract, R0, R1)
            .Read(Octets1, R2, R8[Marks]).JumpIf(R2, AnyBit, (int)StreamMarks.IsPaused, paused)
            .Read(Octets8, R1, R8[longest]).JumpIf(R0, BelowOrEqual, R1, small).Write(Octets8, R8[longest], R0)
            .Place(small).Jump(counted)
            .Place(paused).JumpIf(R2, AnyBit, (int)StreamMarks.IsSilent, counted).Do(And, R2, ~(int)StreamMarks.IsPaused).Write(Octets1, R8[Marks], R2)
            .Place(counted);
    }

    private void Advance(BpfLabel placed)
    {
        var far = new BpfLabel("far");
        _code.Read(Octets4, R1, R10[Sequence])
            .Read(Octets4, R2, R8[Highest]).Do32(Add, R2, R1).Write(Octets4, R8[Highest], R2)
            .Move(R3, 0).JumpIf(R1, AboveOrEqual, 64, far)
            .Read(Octets8, R3, R8[Window]).Do(ShiftLeft, R3, R1)
            .Place(far).Do(Or, R3, 1).Write(Octets8, R8[Window], R3);
        Increment(nameof(StreamCounters.Received));
        _code.Jump(placed);
    }

    private void Fill(BpfLabel placed)
    {
        var (duplicate, lowest) = (new BpfLabel("duplicate"), FlowOffsets.Stream(nameof(StreamCounters.Base)));
        _code.Move(R1, 0x1_0000).Read(Octets4, R2, R10[Sequence]).Do(Subtract, R1, R2).Do(And, R1, 0x3F)
            .Move(R3, 1).Do(ShiftLeft, R3, R1)
            .Read(Octets8, R2, R8[Window]).JumpIf(R2, AnyBit, R3, duplicate)
            .Do(Or, R2, R3).Write(Octets8, R8[Window], R2)
            .Read(Octets4, R2, R8[Highest]).Do32(Subtract, R2, R1);
        Increment(nameof(StreamCounters.Received));
        Increment(nameof(StreamCounters.Reordered));
        _code.Read(Octets4, R1, R8[lowest]).JumpIf32(R2, AboveOrEqual, R1, placed)
            .Write(Octets4, R8[lowest], R2).Jump(placed)
            .Place(duplicate);
        Increment(nameof(StreamCounters.Duplicates));
    }

    /// <summary>Interarrival jitter (RFC 3550 A.8).</summary>
    private void Time()
    {
        var (known, positive, measured) = (new BpfLabel("known"), new BpfLabel("positive"), new BpfLabel("measured"));
        var (before, mark) = (FlowOffsets.Stream(nameof(StreamCounters.Transit)), (int)StreamMarks.HasTransit);
        _code.Read(Octets8, R2, R8[FlowOffsets.Stream(nameof(StreamCounters.ClockFactor))]).JumpIf(R2, Equal, 0, measured)
            .Read(Octets8, R1, R10[Now]).Do(Multiply, R1, R2).Do(ShiftRight, R1, 32)
            .Read(Octets4, R2, R10[Timestamp]).Do32(Subtract, R1, R2)
            .Read(Octets4, R2, R8[before]).Write(Octets4, R8[before], R1).Do32(Subtract, R1, R2)
            .JumpIf32(R1, SignedAboveOrEqual, 0, positive).Do32(Negate, R1, 0).Place(positive)
            .Read(Octets1, R2, R8[Marks]).JumpIf(R2, AnyBit, mark, known)
            .Do(Or, R2, mark).Write(Octets1, R8[Marks], R2).Jump(measured)
            .Place(known)
            .Read(Octets4, R2, R8[FlowOffsets.Stream(nameof(StreamCounters.ClockRate))]).Do(ShiftLeft, R2, StreamCounters.MostDelay).JumpIf(R1, Above, R2, measured);
        Smooth();
        _code.Place(measured);
    }

    /// <summary>The step is in R1.</summary>
    private void Smooth()
    {
        var (jitter, sum, most) = (FlowOffsets.Stream(nameof(StreamCounters.Jitter)), FlowOffsets.Stream(nameof(StreamCounters.JitterSum)), FlowOffsets.Stream(nameof(StreamCounters.MostJitter)));
        var less = new BpfLabel("less");
        _code.Read(Octets4, R2, R8[jitter]).Do32(Add, R1, R2).Do32(Add, R2, 8).Do32(ShiftRight, R2, 4).Do32(Subtract, R1, R2).Write(Octets4, R8[jitter], R1)
            .Read(Octets8, R2, R8[sum]).Do(Add, R2, R1).Write(Octets8, R8[sum], R2)
            .Read(Octets4, R2, R8[most]).JumpIf(R1, BelowOrEqual, R2, less).Write(Octets4, R8[most], R1).Place(less);
        Increment(nameof(StreamCounters.JitterSamples));
    }

    private void Increment(string field) =>
        _code.Read(Octets4, R4, R8[FlowOffsets.Stream(field)]).Do32(Add, R4, 1).Write(Octets4, R8[FlowOffsets.Stream(field)], R4);
}
