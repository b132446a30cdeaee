using SipAlg.Calls.Model;
using SipAlg.Protocol.Sdp;

namespace SipAlg.Calls.Media;

/// <content>The encryption of a service's streams, where SRTP ends at the gateway on the caller's side.</content>
internal sealed partial class ServiceMedia
{
    private SideSecurity[] _offered = [];
    private SideSecurity[] _security = [];

    /// <summary>Bit n: the n-th stream has no keys that can be used where it must have some.</summary>
    private ulong _keyless;

    private bool EndsKeys => face.Side.Srtp != SrtpMode.Off;

    private bool IsKeyless(int index) => (_keyless >> index & 1) != 0;

    private void TakeKeys(SdpDescription offer)
    {
        _keyless = 0;
        if (!EndsKeys)
        {
            return;
        }

        _offered = new SideSecurity[offer.MediaCount];
        for (var index = 0; index < offer.MediaCount; index++)
        {
            ref readonly var media = ref offer.Media(index);
            if (media.Port == 0 || !media.Transport.MayHaveKeys())
            {
                continue;
            }

            if (KeyExchange.MayTake(face, offer, index))
            {
                _offered[index] = KeyExchange.Take(face, offer, index, index < _security.Length ? _security[index].Keys : null);
                offer.Open(index);
            }
            else
            {
                _keyless |= 1UL << index;
            }
        }
    }

    /// <summary>The answer goes out: its keys hold.</summary>
    private void AgreeOnKeys(SdpDescription offer)
    {
        if (!EndsKeys)
        {
            return;
        }

        _security = _offered;
        for (var index = 0; index < offer.MediaCount; index++)
        {
            face.KeysOf(index).Agree(_security[index].Keys, isFinal: true);
        }
    }

    /// <summary>The caller's answer to what it had been told before; false if it cannot be taken.</summary>
    private bool RenewKeys(SdpDescription answer, int index)
    {
        if (!EndsKeys || index >= _security.Length || !answer.Media(index).Transport.MayHaveKeys())
        {
            return true;
        }

        if (!KeyExchange.MayAgree(face, _security[index].IsSavp, answer, index))
        {
            return false;
        }

        _security[index] = KeyExchange.Agree(face, answer, index, _security[index].Keys);
        face.KeysOf(index).Agree(_security[index].Keys, isFinal: true);
        return true;
    }

    private int WriteOnce(SdpDescription offer, in SdpOrigin origin, ReadOnlySpan<SdpStream> streams, SdpDirection wanted, Span<byte> destination)
    {
        if (!EndsKeys)
        {
            return SdpAnswer.Write(offer, origin, streams, Formats, wanted, destination);
        }

        var length = SdpAnswer.Write(offer, origin, streams, Formats, wanted, lane.KeylessDraft);
        var changes = lane.KeyChanges.AsSpan(0, offer.MediaCount);
        for (var index = 0; index < changes.Length; index++)
        {
            changes[index] = CanServe(offer, index) ? new SdpCryptoChange(true, _offered[index].IsSavp, _offered[index].Lines) : default;
        }

        length = length < 0 ? length : SdpCryptoEdit.Write(lane.KeylessDraft.AsSpan(0, length), changes, destination);
        changes.Clear();
        return length;
    }
}
