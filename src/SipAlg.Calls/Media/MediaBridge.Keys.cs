using SipAlg.Calls.Model;
using SipAlg.Media.Srtp;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Calls.Media;

/// <content>
/// Encryption (RFC 4568), where one side has SRTP that ends at the gateway: each side has keys of its own, or none, and neither sees the
/// other's. Between sides that both have none of it, keys cross with the SDP as they are.
/// </content>
internal sealed partial class MediaBridge
{
    private readonly bool _hasKeys = caller.Face.Side.Srtp != SrtpMode.Off || callee.Face.Side.Srtp != SrtpMode.Off;
    private StreamSecurity[]? _security;

    /// <summary>Keys end here on one side at least, of those that were here before too.</summary>
    private bool EndsKeys => _hasKeys || _security is not null || Known is { Bridge.EndsKeys: true };

    /// <summary>The streams that are in use cannot be taken for want of keys, or since there are some where none may be.</summary>
    private bool LacksKeys(int from, SdpDescription description, bool isOffer)
    {
        if (!EndsKeys)
        {
            return false;
        }

        var isRefused = false;
        for (var index = 0; index < description.MediaCount; index++)
        {
            if (IsRelayed(description.Media(index)))
            {
                var isTaken = isOffer ? MayTake(from, description, index) : MayAgree(from, description, index);
                isRefused |= !isTaken;
                if (isTaken)
                {
                    return false;
                }
            }
        }

        return isRefused;
    }

    /// <summary>Whether the stream has keys that end here, or could have.</summary>
    private static bool MayEnd(in SdpMedia media) => IsRelayed(media) && media.Transport.MayHaveKeys();

    private bool MayTake(int from, SdpDescription offer, int index) =>
        !MayEnd(offer.Media(index)) || KnownSecurity(from, index) is not null || KeyExchange.MayTake(Face(from), offer, index);

    private bool MayAgree(int from, SdpDescription answer, int index) =>
        _security is null || index >= _security.Length || !_security[index].IsOfferTerminated || !MayEnd(answer.Media(index)) ||
        KeyExchange.MayAgree(Face(from), _security[index].IsSavpOffered, answer, index);

    /// <summary>How a side that is still in another session has the stream there; null if that is no such side, or its keys do not end here.</summary>
    private SideSecurity? KnownSecurity(int side, int index) =>
        Known is { } known && known.Side == side && known.Bridge._security is { } there && index < there.Length && there[index].IsTerminated ? there[index].Side(known.SideThere) : null;

    /// <summary>A stream of an offer: its keys are taken, and it is read as plain RTP from here on.</summary>
    /// <returns>False: it has to be refused.</returns>
    private bool OfferKeys(int from, SdpDescription offer, int index)
    {
        if (!EndsKeys)
        {
            return true;
        }

        if (_security is null || _security.Length < _streams.Length)
        {
            Array.Resize(ref _security, _streams.Length);
        }

        ref var security = ref _security[index];
        (security.IsOfferTerminated, security.Change) = (false, default);
        if (!MayEnd(offer.Media(index)))
        {
            return true;
        }

        if (!MayTake(from, offer, index))
        {
            return false;
        }

        var (to, agreed) = (Face(1 - from), security.Side(1 - from));
        security.Offerer = KnownSecurity(from, index) ?? KeyExchange.Take(Face(from), offer, index, security.Side(from).Keys);
        security.IsOfferTerminated = true;
        security.IsSavpOffered = agreed.Keys is null ? to.Side.Srtp == SrtpMode.Required : agreed.IsSavp;
        security.Change = new SdpCryptoChange(true, security.IsSavpOffered, KeyExchange.Offer(to, index));
        offer.Open(index);
        return true;
    }

    /// <summary>Who is offered keys may send before it has said its own: that is no plain RTP.</summary>
    private void AwaitKeys(int side, int index)
    {
        if (_security is not null && _security[index].IsOfferTerminated && Face(side).Side.Srtp != SrtpMode.Off)
        {
            OwnFace(side)?.Aim(index, Face(side).Side.Undescribed with { Keys = MediaKeys.Awaited });
        }
    }

    private MediaKeys? OfferedKeys(int index) => _security is not null && _security[index].IsOfferTerminated ? _security[index].Offerer.Keys : null;

    /// <summary>A stream of an answer: both sides' keys hold.</summary>
    /// <returns>False: it has to be refused.</returns>
    private bool AgreeOnKeys(int from, SdpDescription answer, int index)
    {
        if (_security is null)
        {
            return true;
        }

        ref var security = ref _security[index];
        security.Change = default;
        if (!security.IsOfferTerminated || !MayEnd(answer.Media(index)))
        {
            security.IsTerminated = false;
            return true;
        }

        if (!MayAgree(from, answer, index))
        {
            return false;
        }

        security.Side(from) = KeyExchange.Agree(Face(from), answer, index, security.Side(from).Keys);
        security.Side(1 - from) = security.Offerer;
        security.IsTerminated = true;
        security.Change = new SdpCryptoChange(true, security.Offerer.IsSavp, security.Offerer.Lines);
        answer.Open(index);
        return true;
    }

    private MediaKeys? AgreedKeys(int side, int index) => _security is not null && _security[index].IsTerminated ? _security[index].Side(side).Keys : null;

    /// <summary>No other keys are needed than those that were agreed on.</summary>
    private void KeepKeys(int index, bool isFinal)
    {
        if (_security is not null && _security[index].IsTerminated)
        {
            OwnFace(0)?.KeysOf(index).Agree(_security[index].Side(0).Keys, isFinal);
            OwnFace(1)?.KeysOf(index).Agree(_security[index].Side(1).Keys, isFinal);
        }
    }

    /// <summary>A stream of a side's answer to an offer of the gateway's own.</summary>
    /// <returns>False: it cannot be taken.</returns>
    private bool RenewKeys(int side, SdpDescription answer, int index)
    {
        if (_security is null || !_security[index].IsTerminated || !MayEnd(answer.Media(index)))
        {
            return true;
        }

        ref var security = ref _security[index].Side(side);
        if (!KeyExchange.MayAgree(Face(side), security.IsSavp, answer, index))
        {
            return false;
        }

        security = KeyExchange.Agree(Face(side), answer, index, security.Keys);
        answer.Open(index);
        KeepKeys(index, isFinal: true);
        return true;
    }

    /// <summary>An answer that was opened is told to the other side, with the keys that it has.</summary>
    private void TellKeys(int side, int index)
    {
        if (_security is not null)
        {
            ref var security = ref _security[index];
            security.Change = security.IsTerminated ? new SdpCryptoChange(true, security.Side(1 - side).IsSavp, security.Side(1 - side).Lines) : default;
        }
    }

    private int WriteKeys(ReadOnlySpan<byte> description, int streams, Span<byte> destination)
    {
        var changes = lane.KeyChanges.AsSpan(0, streams);
        for (var index = 0; index < changes.Length; index++)
        {
            changes[index] = index < _security!.Length ? _security[index].Change : default;
        }

        var length = SdpCryptoEdit.Write(description, changes, destination);
        changes.Clear();
        return length;
    }
}
