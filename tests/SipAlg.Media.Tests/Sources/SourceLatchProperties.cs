using FsCheck;
using FsCheck.Fluent;
using SipAlg.Media.Sources;
using SipAlg.Protocol.Addresses;
using static SipAlg.Media.Tests.Sources.LatchScene;

namespace SipAlg.Media.Tests.Sources;

/// <summary>What holds for any sequence of packets from any sources.</summary>
public sealed class SourceLatchProperties
{
    private sealed record Packet(int Source, int Pause, uint Ssrc, int Step)
    {
        public IpEndpoint From => Cast[Source];
    }

    /// <summary>A packet with what the latch knew before it.</summary>
    private sealed record Judged(Packet Packet, SourceVerdict Verdict, IpEndpoint? Before, IpEndpoint? After, long Silence, bool Continues, long SinceFirstUnnamed);

    private static readonly Arbitrary<Packet[]> Packets = (
        from source in Gen.Choose(0, Cast.Length - 1)
        from pause in Gen.Elements(0, 20, 400, 999, 1000, 1999, 2000, 3000)
        from ssrc in Gen.Elements(1u, 2u)
        from step in Gen.Elements(1, 1, 1, 2, 3000, 3001, -1)
        select new Packet(source, pause, ssrc, step)).ArrayOf().ToArbitrary();

    [Fact]
    public void A_settled_source_changes_only_after_silence_or_for_one_nearer_to_the_sdp() =>
        Holds(Latching.Symmetric, judged => judged.Before is not { } before || judged.After == before || judged.Silence >= 2000 || Nearness(judged.Packet.From) > Nearness(before));

    [Fact]
    public void After_silence_another_address_continues_the_stream_or_is_named() =>
        Holds(Latching.Symmetric, judged => judged.Verdict != SourceVerdict.TookOver || judged.Continues ||
            judged.Packet.From.Address == judged.Before!.Value.Address || judged.Packet.From.Address == Sdp.Address || IsMedia(judged.Packet.From));

    [Fact]
    public void The_sdp_endpoint_is_never_refused() =>
        Holds(Latching.Symmetric, judged => judged.Packet.From != Sdp || judged.Verdict != SourceVerdict.Refused);

    [Fact]
    public void The_settled_source_is_never_refused() =>
        Holds(Latching.Symmetric, judged => judged.Packet.From != judged.Before || judged.Verdict == SourceVerdict.Same);

    [Fact]
    public void A_named_source_settles_at_once() =>
        Holds(Latching.Symmetric, judged => judged.Before is not null || IsUnnamed(judged.Packet.From) || judged.Verdict == SourceVerdict.Settled);

    [Fact]
    public void Without_silence_a_stranger_is_refused() =>
        Holds(Latching.Symmetric, judged => judged.Before is null || judged.Packet.From == judged.Before || judged.Silence >= 2000 || !IsUnnamed(judged.Packet.From) || judged.Verdict == SourceVerdict.Refused);

    [Fact]
    public void An_unnamed_source_never_settles_within_a_second() =>
        Holds(Latching.Symmetric, judged => judged.Verdict != SourceVerdict.Settled || !IsUnnamed(judged.Packet.From) || judged.SinceFirstUnnamed >= 1000);

    [Fact]
    public void Packets_are_taken_from_the_settled_source_only() =>
        Holds(Latching.Symmetric, judged => judged.Verdict == SourceVerdict.Refused ? judged.After == judged.Before : judged.After == judged.Packet.From);

    [Fact]
    public void A_strict_latch_takes_only_the_sdp_address_and_media_networks() =>
        Holds(Latching.Strict, judged => judged.Verdict == SourceVerdict.Refused || judged.Packet.From.Address == Sdp.Address || IsMedia(judged.Packet.From));

    [Fact]
    public void Switched_off_it_refuses_nothing() =>
        Holds(Latching.Off, judged => judged.Verdict != SourceVerdict.Refused);

    private static bool IsMedia(IpEndpoint source) => source == Carrier || source == OtherCarrier;
    private static bool IsUnnamed(IpEndpoint source) => source.Address != Sdp.Address && source.Address != Signalling.Address && !IsMedia(source);
    private static int Nearness(IpEndpoint source) => source == Sdp ? 2 : source.Address == Sdp.Address ? 1 : 0;

    private static void Holds(Latching latching, Func<Judged, bool> holds) =>
        Prop.ForAll(Packets, packets => Play(latching, packets).All(holds)).QuickCheckThrowOnFailure();

    private static IEnumerable<Judged> Play(Latching latching, Packet[] packets)
    {
        var scene = new LatchScene(latching);
        var sequence = 60_000;
        var (lastHeard, firstUnnamed) = (0L, long.MinValue);
        (uint Ssrc, int Sequence) last = default;
        foreach (var packet in packets)
        {
            scene.After(packet.Pause);
            sequence += packet.Step;
            if (firstUnnamed == long.MinValue && IsUnnamed(packet.From) && !scene.IsSettled)
            {
                firstUnnamed = scene.Now;
            }

            IpEndpoint? before = scene.IsSettled ? scene.Settled : null;
            var continues = packet.Ssrc == last.Ssrc && sequence - last.Sequence is > 0 and <= 3000;
            var verdict = scene.Judge(packet.From, packet.Ssrc, sequence);
            yield return new Judged(
                packet, verdict, before, scene.IsSettled ? scene.Settled : null, scene.Now - lastHeard, continues, scene.Now - firstUnnamed);
            if (verdict != SourceVerdict.Refused)
            {
                lastHeard = scene.Now;
                last = (packet.Ssrc, sequence);
            }
        }
    }
}
