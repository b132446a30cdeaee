using SipAlg.Linux;
using SipAlg.Media.Packets;

namespace SipAlg.Media.Sources;

/// <summary>
/// The source rule of one port. The SDP's address wins whenever it sends; else a named source (SDP address with another
/// port, signalling address, media network) settles at once, an unnamed one only when no named one came for a second.
/// Once settled, packets from elsewhere are refused, until the settled source was silent for two seconds: then the same
/// address (another port) or a media network may take over, another address only by continuing the stream.
/// Time is given, so that the rule is pure.
/// </summary>
internal struct SourceLatch
{
    private SockAddr _sdp;

    /// <summary>Settled while the SDP named another endpoint, which was <see cref="_formerSdp"/>.</summary>
    private SockAddr _former;
    private SockAddr _formerSdp;
    private SourceStanding _standing;
    private bool _isWaiting;
    private long _waitingSince;

    /// <summary>From here on: what each packet asks for.</summary>
    private SockAddr _settled;
    private StreamPosition _last;
    private long _lastHeard;

    /// <summary>The source that packets are taken from; none before the first.</summary>
    public readonly SockAddr Settled => _settled;

    public readonly bool IsSettled => !_settled.IsNone;

    /// <summary>The fast way of nearly every packet: it comes from where the last one came from.</summary>
    public readonly bool IsFrom(in SockAddr source) => _settled.SameAs(source);

    /// <summary>
    /// Names the SDP's endpoint. Another one than before starts afresh; none (hold) keeps what is known, since the
    /// end usually comes back to where it was.
    /// </summary>
    public void Aim(in SockAddr sdp)
    {
        if (!sdp.IsNone && !sdp.SameAs(_sdp))
        {
            // Who was heard before there was a description has not moved by it (RFC 3264 §5.1: packets may outrun it).
            var (former, formerSdp) = IsSettled && !_sdp.IsNone ? (_settled, _sdp) : (_former, _formerSdp);
            this = default;
            _sdp = sdp;
            if (!sdp.SameAs(formerSdp))
            {
                (_former, _formerSdp) = (former, formerSdp);
            }
        }
    }

    /// <summary>Notes a packet of the settled source.</summary>
    public void Heard(in StreamPosition position, long now)
    {
        _lastHeard = now;
        if (position.Known != StreamPosition.Parts.None)
        {
            _last = position;
        }
    }

    /// <summary>Notes a packet of the settled source that came by another way, unless that is known.</summary>
    public void HeardBy(in StreamPosition position, long at)
    {
        if (IsSettled && at > _lastHeard)
        {
            Heard(position, at);
        }
    }

    /// <summary>Decides on a packet; one that is not refused has been noted.</summary>
    public SourceVerdict Judge(in SockAddr source, in SourceRule rule, in StreamPosition position, long now)
    {
        if (IsSettled && IsFrom(source))
        {
            Heard(position, now);
            return SourceVerdict.Same;
        }

        var standing = StandingOf(source, rule, now);
        if (!MaySettle(source, standing, rule, position, now))
        {
            return SourceVerdict.Refused;
        }

        var verdict = IsSettled ? SourceVerdict.TookOver : SourceVerdict.Settled;
        _settled = source;
        _standing = standing;
        _last = default;
        Heard(position, now);
        return verdict;
    }

    private readonly SourceStanding StandingOf(in SockAddr source, in SourceRule rule, long now)
    {
        if (source.SameAs(_sdp))
        {
            return SourceStanding.SdpEndpoint;
        }

        // What was still under way from where the end has moved from must not lead the stream back there; after a silence nothing is.
        if (rule.Latching == Latching.Symmetric && source.SameAs(_former) && !IsSilent(rule, now))
        {
            return SourceStanding.Unnamed;
        }

        var address = source.ToEndpoint().Address;
        if (!_sdp.IsNone && address == _sdp.ToEndpoint().Address)
        {
            return SourceStanding.SdpAddress;
        }

        if (rule.IsMediaFrom(address))
        {
            return SourceStanding.MediaFrom;
        }

        return address == rule.Signalling || address == rule.Beside ? SourceStanding.Signalling : SourceStanding.Unnamed;
    }

    private bool MaySettle(in SockAddr source, SourceStanding standing, in SourceRule rule, in StreamPosition position, long now)
    {
        if (rule.Latching == Latching.Off)
        {
            return true;
        }

        if (rule.Latching == Latching.Strict && standing < SourceStanding.MediaFrom)
        {
            return false;
        }

        return IsSettled
            ? MayTakeOver(source, standing, rule, position, now)
            : standing != SourceStanding.Unnamed || HasWaited(rule, now);
    }

    private readonly bool MayTakeOver(in SockAddr source, SourceStanding standing, in SourceRule rule, in StreamPosition position, long now)
    {
        if (standing >= SourceStanding.SdpAddress && standing > _standing)
        {
            return true;
        }

        return IsSilent(rule, now) &&
            (standing == SourceStanding.MediaFrom || SameAddress(source) || source.ToEndpoint().Address == rule.Beside || position.Continues(_last));
    }

    /// <summary>The settled source has said nothing for as long as others have to wait to take its place.</summary>
    private readonly bool IsSilent(in SourceRule rule, long now) => IsSettled && now - _lastHeard >= rule.Silence;

    private readonly bool SameAddress(in SockAddr source) => source.ToEndpoint().Address == _settled.ToEndpoint().Address;

    /// <summary>The wait begins with the first unnamed packet, so that a named source always has its second to come first.</summary>
    private bool HasWaited(in SourceRule rule, long now)
    {
        if (!_isWaiting)
        {
            _isWaiting = true;
            _waitingSince = now;
        }

        return now - _waitingSince >= rule.Patience;
    }
}
