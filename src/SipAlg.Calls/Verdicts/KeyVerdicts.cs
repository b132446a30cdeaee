using System.Globalization;
using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Protocol.Srtp;

namespace SipAlg.Calls.Verdicts;

/// <summary>Calls whose encryption was not agreed on, or whose packets say other than what was agreed on.</summary>
internal static class KeyVerdicts
{
    /// <summary>A side's offer or answer was refused for its a=crypto, or for want of it.</summary>
    public static Verdict OfRefusal(CallRecord record) => new VerdictText(VerdictCode.NoSrtp)
        .With("caller_realm", record.FromRealm).With("target_realm", record.ToRealm).With("target", record.TargetAt)
        .Of($"The SDP of {(record.TargetAt.IsNone ? Parties.Caller(record) : Parties.TargetAt(record))} does not fit 'srtp' of its realm or peer: with 'required' it needs a=crypto of a known suite, with 'off' it may not be RTP/SAVP towards a side where SRTP ends at the gateway.");

    /// <summary>A side of which nothing could be taken sent packets that its keys do not fit.</summary>
    /// <returns>Null where that is not what was wrong.</returns>
    public static Verdict? OfMissing(CallRecord record)
    {
        foreach (var stream in record.Streams)
        {
            foreach (var isCaller in new[] { true, false })
            {
                var (figures, suite) = isCaller ? (stream.FromCaller, stream.CallerSuite) : (stream.FromCallee, stream.CalleeSuite);
                if (figures is { Packets: 0, Unauthentic: > 0 })
                {
                    return Of(figures.Unauthentic, suite, isCaller);
                }
            }
        }

        return null;
    }

    /// <summary>What the media was encrypted with towards each side, where it was.</summary>
    public static VerdictText Add(CallRecord record, VerdictText text) => text
        .With("caller_srtp", NameOf(record.Streams.Select(stream => stream.CallerSuite).FirstOrDefault(suite => suite is not null)))
        .With("callee_srtp", NameOf(record.Streams.Select(stream => stream.CalleeSuite).FirstOrDefault(suite => suite is not null)));

    private static string? NameOf(SrtpSuite? suite) => suite is { } known ? Encoding.ASCII.GetString(known.Name()) : null;

    private static Verdict Of(long refused, SrtpSuite? suite, bool isCaller) => new VerdictText(VerdictCode.KeysDoNotMatch)
        .With("side", Parties.Side(isCaller)).With("suite", NameOf(suite)).With("packets_refused", refused.ToString(CultureInfo.InvariantCulture))
        .Of($"The {Parties.Side(isCaller)} sends media that its keys do not match: none of its packets is authentic under the key in its SDP, so it uses another one, or sends plain RTP where SRTP was agreed on.");
}
