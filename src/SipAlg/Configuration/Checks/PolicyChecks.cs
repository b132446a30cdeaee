using SipAlg.Calls.Model;
using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;
using SipAlg.Protocol.Sip;

namespace SipAlg.Configuration.Checks;

/// <summary>What must hold for what crosses to a peer or on a route, and what is probably not meant.</summary>
internal static class PolicyChecks
{
    /// <summary>A sixteenth of all addresses or more is no system that could vouch for its callers.</summary>
    private const int WidestTrusted = 4;

    /// <summary>What people call codecs whose RTP encoding name is another (RFC 3551 §6, IANA rtp-parameters).</summary>
    private static readonly Dictionary<string, string> Misnomers = new(StringComparer.OrdinalIgnoreCase)
    {
        ["alaw"] = "PCMA", ["pcm_alaw"] = "PCMA", ["g711a"] = "PCMA", ["ulaw"] = "PCMU", ["mulaw"] = "PCMU", ["pcm_mulaw"] = "PCMU", ["g711u"] = "PCMU",
        ["g711"] = "PCMA, PCMU", ["g.711"] = "PCMA, PCMU", ["g.722"] = "G722", ["g.729"] = "G729", ["g729a"] = "G729", ["g729b"] = "G729", ["g729ab"] = "G729",
        ["h.264"] = "H264", ["h.263"] = "H263", ["dtmf"] = "telephone-event", ["rfc2833"] = "telephone-event", ["rfc4733"] = "telephone-event",
    };

    public static void Peer(Named<PeerOptions> peer, ProblemList problems)
    {
        Codecs(peer.Value.Codecs, problems);
        Believed(peer.Value, problems);
        Narrow(peer.Value, problems);
        Twice(peer.Value.Headers, problems);
    }

    public static void Codecs(CodecOptions? codecs, ProblemList problems)
    {
        foreach (var codec in codecs?.All ?? [])
        {
            if (Misnomers.TryGetValue(codec.Value.Text.Split('/')[0], out var name))
            {
                problems.Warn(codec.At, $"no RTP encoding is called '{codec.Value}'", $"write {name}");
            }
        }

        foreach (var removed in (codecs?.Remove ?? []).Where(removed => codecs!.Allow.Any(allowed => allowed.Value.Text.Equals(removed.Value.Text, StringComparison.OrdinalIgnoreCase))))
        {
            problems.Warn(removed.At, $"'{removed.Value}' is allowed and removed: it is removed", "write it in one place");
        }
    }

    /// <summary>RFC 3323 §4.2: none stands alone, and critical says something of the other values.</summary>
    public static void Privacy(Located<IReadOnlyList<Located<PrivacyValues>>>? privacy, ProblemList problems)
    {
        if (privacy is null)
        {
            return;
        }

        if (privacy.Value.Count > 1 && privacy.Value.FirstOrDefault(value => value.Value == PrivacyValues.None) is { } none)
        {
            problems.Error(none.At, "'privacy': 'none' stands alone", "write none, or what is to be private");
        }

        if (privacy.Value.All(value => value.Value == PrivacyValues.Critical))
        {
            problems.Error(privacy.Value[0].At, "'privacy': 'critical' says that the others must be kept", "write [id, critical]");
        }
    }

    private static void Believed(PeerOptions peer, ProblemList problems)
    {
        if (peer.Trust is not { Value: false })
        {
            return;
        }

        foreach (var source in peer.CallerIn.Where(source => source.Value is CallerSource.AssertedIdentity or CallerSource.RemotePartyId))
        {
            problems.Warn(source.At, "this is not looked at: what a peer with 'trust: false' asserts is not believed", "write caller_in: from, or trust: true");
        }
    }

    private static void Narrow(PeerOptions peer, ProblemList problems)
    {
        if (peer.Trust is not { Value: false } && (peer.AcceptFrom?.Value ?? []).FirstOrDefault(network => network.Value.PrefixLength <= WidestTrusted) is { } wide)
        {
            problems.Warn(wide.At, $"identities that anybody in {wide.Value} asserts are believed", "write trust: false, or list the peer's own addresses");
        }
    }

    private static void Twice(HeaderRuleOptions? headers, ProblemList problems)
    {
        foreach (var removed in (headers?.Remove ?? []).Where(removed => headers!.Pass?.Any(passed => passed.Value.Equals(removed.Value, StringComparison.OrdinalIgnoreCase)) == true))
        {
            problems.Warn(removed.At, $"'{removed.Value}' is passed and removed: it is removed", "write it in one place");
        }
    }
}
