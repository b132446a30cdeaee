using SipAlg.Linux;
using SipAlg.Media.Packets;
using SipAlg.Media.Relaying;
using SipAlg.Protocol.Addresses;

namespace SipAlg.Media.Sources;

/// <summary>Decides on packets that do not come from the settled source, and tells the lane what has become of that. One a relay thread.</summary>
internal sealed unsafe class SourceJudge(PoolTable pools, int thread, long second, ReturnWatch returns)
{
    /// <returns>Whether the packet is accepted.</returns>
    public bool Accepts(Pair* pair, Slot* slot, in SockAddr source, in StreamPosition position, long now)
    {
        var before = slot->Latch.Settled;
        if (slot == &pair->Rtp && pair->Cell->PacketsIn != 0)
        {
            // What the kernel has relayed of the settled source, the latch has not heard of.
            var stream = &pair->Cell->Stream;
            slot->Latch.HeardBy(new StreamPosition(StreamPosition.Parts.SsrcAndSequence, stream->Ssrc, (ushort)stream->Highest), stream->LastAt);
        }

        var rule = new SourceRule(pair->Active.Latching, pair->Active.Signalling, pools[pair->Pool].MediaFromOf(pair), second) { Beside = BesideOf(pair, slot) };
        var verdict = pair->Judge(ref *slot, source, rule, position, now);
        if (verdict is SourceVerdict.Settled or SourceVerdict.TookOver)
        {
            returns.Look(pair);
        }

        if (verdict is SourceVerdict.Settled or SourceVerdict.TookOver && rule.Latching != Latching.Off)
        {
            Tell(pair, slot, source, before, verdict);
        }
        else if (verdict != SourceVerdict.Same && IsAimed(pair, before) && slot->Told.TryAdd(source))
        {
            Tell(pair, slot, source, before, verdict);
        }

        return verdict != SourceVerdict.Refused;
    }

    /// <summary>What comes before the answer is nobody's fault, and too early to be told of.</summary>
    private static bool IsAimed(Pair* pair, in SockAddr settled) => !settled.IsNone || !pair->Active.Rtp.IsNone;

    /// <summary>The address that the stream's RTP comes from, for its RTCP.</summary>
    private static IpAddress BesideOf(Pair* pair, Slot* slot) =>
        slot == &pair->Rtcp && pair->Rtp.Latch.IsSettled ? pair->Rtp.Latch.Settled.ToEndpoint().Address : default;

    private void Tell(Pair* pair, Slot* slot, in SockAddr source, in SockAddr before, SourceVerdict verdict)
    {
        var isRtcp = slot == &pair->Rtcp;
        var other = before.IsNone ? (isRtcp ? pair->Active.Rtcp : pair->Active.Rtp) : before;
        var pool = pools[pair->Pool];
        pool.Sources.Write(thread, new SourceEvent(
            ChangeOf(verdict), isRtcp, pool.Realm, (ushort)(pair->Port + (isRtcp ? 1 : 0)), source.ToEndpoint(), other.IsNone ? default : other.ToEndpoint(), !before.IsNone, pair->Owner));
    }

    private static SourceChange ChangeOf(SourceVerdict verdict) => verdict switch
    {
        SourceVerdict.Settled => SourceChange.Settled,
        SourceVerdict.TookOver => SourceChange.TookOver,
        _ => SourceChange.Refused,
    };
}
