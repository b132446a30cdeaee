using System.Collections.Immutable;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Calls.Media;

/// <summary>
/// Which codecs a session may use: those that the route and the peers of both sides allow. The order in offers is the route's, then
/// that of the peer that is asked.
/// </summary>
internal sealed class SessionCodecs
{
    private readonly SdpCodecRules _towardsCaller;
    private readonly SdpCodecRules _towardsCallee;

    private SessionCodecs(CodecRules route, CodecRules caller, CodecRules callee)
    {
        CodecRules[] all = [route, caller, callee];
        ImmutableArray<ImmutableArray<SdpCodec>> allow = [.. all.Where(rules => !rules.Allow.IsEmpty).Select(rules => rules.Allow)];
        ImmutableArray<SdpCodec> remove = [.. all.SelectMany(rules => rules.Remove)];
        _towardsCaller = new SdpCodecRules { Allow = allow, Remove = remove, Prefer = [.. route.Prefer, .. caller.Prefer] };
        _towardsCallee = new SdpCodecRules { Allow = allow, Remove = remove, Prefer = [.. route.Prefer, .. callee.Prefer] };
    }

    /// <summary>Null if nobody has a rule.</summary>
    public static SessionCodecs? Of(CodecRules route, CodecRules caller, CodecRules callee) =>
        route.IsEmpty && caller.IsEmpty && callee.IsEmpty ? null : new SessionCodecs(route, caller, callee);

    /// <summary>The same with caller and callee exchanged.</summary>
    public SessionCodecs Turned() => new(_towardsCallee, _towardsCaller);

    private SessionCodecs(SdpCodecRules towardsCaller, SdpCodecRules towardsCallee) => (_towardsCaller, _towardsCallee) = (towardsCaller, towardsCallee);

    /// <param name="side">0 is the caller, 1 the callee.</param>
    public SdpCodecRules Towards(int side) => side == 0 ? _towardsCaller : _towardsCallee;
}
