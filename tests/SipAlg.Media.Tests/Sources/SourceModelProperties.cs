using FsCheck;
using FsCheck.Fluent;
using static SipAlg.Media.Tests.Sources.LatchScene;

namespace SipAlg.Media.Tests.Sources;

/// <summary>
/// The latch against the rule as it is written, over streams as networks bring them: with loss, packets that were overtaken, numbers that
/// wrap, senders that start anew, NATs that rebind, an end that comes to SDP's address late, and strangers in between.
/// </summary>
public sealed class SourceModelProperties
{
    private const int PacketTime = 20;

    /// <summary>What becomes of a stream at a moment.</summary>
    public enum Turn
    {
        GoesOn,
        Loses,
        IsOvertaken,
        Pauses,
        Restarts,
        Rebinds,
        MovesPort,
        Moves,
        AnotherSpeaks,
        AnotherCopies,
    }

    private static readonly Arbitrary<(byte First, (Turn Turn, byte Which)[] Turns)> Histories = (
        from first in ArbMap.Default.GeneratorFor<byte>()
        from turns in (
            from turn in Gen.Frequency(
                (12, Gen.Constant(Turn.GoesOn)), (2, Gen.Constant(Turn.Loses)), (2, Gen.Constant(Turn.IsOvertaken)), (2, Gen.Constant(Turn.Pauses)),
                (1, Gen.Constant(Turn.Restarts)), (2, Gen.Constant(Turn.Rebinds)), (1, Gen.Constant(Turn.MovesPort)), (1, Gen.Constant(Turn.Moves)),
                (4, Gen.Constant(Turn.AnotherSpeaks)), (2, Gen.Constant(Turn.AnotherCopies)))
            from which in ArbMap.Default.GeneratorFor<byte>()
            select (turn, which)).ArrayOf()
        select (first, turns)).ToArbitrary();

    [Fact]
    public void The_latch_takes_what_the_rule_takes() =>
        Prop.ForAll(Histories, history =>
        {
            var packets = Play(history.First, history.Turns).ToList();
            var scene = new LatchScene();
            var model = new SourceModel(Sdp, Signalling.Address, address => address == Carrier.Address || address == OtherCarrier.Address);
            return packets.All(packet =>
            {
                scene.After((int)(packet.Time - scene.Now));
                return model.Takes(packet) == scene.Takes(packet.From, packet.Ssrc, packet.Sequence);
            });
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000).WithEndSize(300));

    private static IEnumerable<StreamPacket> Play(byte first, (Turn Turn, byte Which)[] turns)
    {
        var source = Cast[first % Cast.Length];
        var (time, ssrc, sequence) = (5L, 7u, (ushort)65_500);
        foreach (var (turn, which) in turns)
        {
            time += PacketTime;
            sequence++;
            switch (turn)
            {
                case Turn.Loses:
                    sequence += (ushort)(which % 3 == 0 ? which * 15 : which);
                    break;
                case Turn.IsOvertaken:
                    yield return new StreamPacket(source, time, ssrc, (ushort)(sequence + 1));
                    break;
                case Turn.Pauses:
                    time += which * 12;
                    break;
                case Turn.Restarts:
                    (ssrc, sequence) = (ssrc + which, (ushort)(which * 257));
                    break;
                case Turn.Rebinds:
                    source = Cast[which % Cast.Length];
                    time += which % 2 == 0 ? 2000 : 1990;
                    break;
                case Turn.MovesPort:
                    source = source.WithPort((ushort)(4000 + (2 * which)));
                    break;
                case Turn.Moves:
                    source = Cast[which % Cast.Length];
                    break;
                case Turn.AnotherSpeaks:
                    yield return new StreamPacket(Cast[which % Cast.Length], time, 99, which);
                    break;
                case Turn.AnotherCopies:
                    yield return new StreamPacket(Cast[which % Cast.Length], time, ssrc, sequence);
                    break;
            }

            yield return new StreamPacket(source, time, ssrc, sequence);
        }
    }
}
