using System.Text;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Media;
using SipAlg.Calls.Messages;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Identifiers;

namespace SipAlg.Calls.Calls;

/// <content>Answering: what a leg that asked us hears.</content>
internal sealed partial class Call
{
    /// <summary>Calls end all the time, and give their ports back.</summary>
    private const int RetryAfterSeconds = 5;

    /// <summary>Answers the INVITE that the leg was asked, with what crosses of the other side's response.</summary>
    /// <param name="leg">Who asked.</param>
    /// <param name="status">100 to 699.</param>
    /// <param name="response">The other side's; null without one.</param>
    /// <param name="body">What crosses of its body.</param>
    /// <param name="contentType">The body's, where it is another message's.</param>
    /// <returns>False if that fits no message: then nothing was sent.</returns>
    private bool TryRespond(Leg leg, int status, SipMessage? response, ReadOnlySpan<byte> body, ReadOnlySpan<byte> contentType = default)
    {
        var writer = new MessageWriter(_lane.Output);
        LegMessages.BeginResponse(ref writer, leg, status, response is null ? default : response[response.Reason]);
        FinishResponse(ref writer, leg, status, response, body, contentType);
        if (writer.Overflowed)
        {
            return false;
        }

        Respond(leg, status, writer.Written);
        return true;
    }

    /// <summary>Refuses the INVITE that the leg was asked, with nothing of the other side's in it.</summary>
    /// <param name="leg">Who asked.</param>
    /// <param name="status">300 to 699.</param>
    /// <param name="phrase">Empty for the usual one.</param>
    /// <param name="cause">Why, for a Warning; none where there is nothing to say.</param>
    private void RefuseAsked(Leg leg, int status, ReadOnlySpan<byte> phrase, CallCause cause = CallCause.None)
    {
        var writer = new MessageWriter(_lane.Output);
        LegMessages.BeginResponse(ref writer, leg, status, phrase);
        WriteCause(ref writer, leg, cause);
        writer.Finish(default);
        Respond(leg, status, writer.Written);
    }

    /// <summary>What stands behind the fields that the request gave: Contact and Allow where they belong, what crosses, and the body.</summary>
    private void FinishResponse(ref MessageWriter writer, Leg leg, int status, SipMessage? from, ReadOnlySpan<byte> body, ReadOnlySpan<byte> contentType = default)
    {
        if (status is > 100 and < 300)
        {
            LegMessages.WriteContact(ref writer, new MintedId(_lane.Lane.Number, Slot, leg.Secret), leg.Flow, _lane.Shown(leg.Flow), leg.Dialog.IsSips || (_isSips && leg.Index == CallerIndex));
            LegMessages.WriteAllow(ref writer, AllowedTowards(leg), AccessOf(leg.Realm));
            LegMessages.WriteSupported(ref writer, isReliable: true);
        }

        if (status is >= 200 and < 300)
        {
            AnswerSession(ref writer, leg, leg.Clock.Asked);
        }

        if (from is not null)
        {
            Crossing(leg).Write(ref writer, from);
            LegMessages.Finish(ref writer, contentType.IsEmpty ? from.First(HeaderId.ContentType) : contentType, body);
        }
        else
        {
            writer.Finish(default);
        }
    }

    /// <summary>Sends a response to the INVITE that the leg was asked; a 2xx is kept and repeated until its ACK comes.</summary>
    private void Respond(Leg leg, int status, ReadOnlySpan<byte> octets)
    {
        var transaction = leg.Asked;
        if (status >= 200)
        {
            leg.Asked = default;
            leg.IsCancelled = false;
            _lane.Lane.Octets.Drop(ref leg.ResponseFields);
        }

        if (status is >= 200 and < 300)
        {
            leg.State = LegState.Confirmed;
            leg.Establish(_lane.Counters);
            KeepSuccess(leg, transaction, octets);
        }

        _lane.Transactions.Respond(transaction, status, octets);
    }

    /// <summary>Refuses the caller and ends the call.</summary>
    private void Fail(int status, ReadOnlySpan<byte> phrase, CallCause cause)
    {
        if (!_caller.Asked.IsNone)
        {
            RefuseAsked(_caller, status, phrase, cause);
        }

        End(status, cause);
    }

    private void End(int status, CallCause cause)
    {
        _record.Status = status;
        _caller.State = LegState.Ended;
        Close(cause);
        ForgetIfOver();
    }

    private static int StatusOf(BridgeResult result) => result switch
    {
        BridgeResult.NoPorts => 503,
        BridgeResult.TooLarge => 513,
        _ => 488,
    };

    private CallCause CauseOf(BridgeResult result) => result switch
    {
        BridgeResult.NoPorts => WithoutPorts(),
        BridgeResult.TooLarge => CallCause.MessageTooLarge,
        BridgeResult.NoCodec => CallCause.NoCodec,
        BridgeResult.NoSrtp => CallCause.NoSrtp,
        _ => CallCause.BadOffer,
    };

    private CallCause WithoutPorts()
    {
        _record.Shortage = _lane.Room.Media.Shortage;
        return CallCause.NoMediaPorts;
    }

    /// <summary>RFC 3261 §20.43: what is wrong with a description; §21.5.4: when it is worth another try.</summary>
    private void WriteCause(ref MessageWriter writer, Leg leg, CallCause cause)
    {
        if (cause == CallCause.NoMediaPorts)
        {
            writer.Field("Retry-After"u8, RetryAfterSeconds);
            return;
        }

        var (code, text) = cause switch
        {
            CallCause.NoSdpAnswer => (399, "The other side answered without SDP that can be used"),
            CallCause.NoCodec => (305, "Incompatible media format: no codec that is offered is allowed"),
            CallCause.NoSrtp => (399, "The encryption of its media (SRTP, a=crypto) is not what this side of the gateway has"),
            _ => default,
        };
        if (code == 0)
        {
            return;
        }

        writer.Write("Warning: "u8);
        writer.Write(code);
        writer.Write((byte)' ');
        writer.WriteHost(_lane.Shown(leg.Flow).Address);
        writer.Write(" \""u8);
        writer.Write(Encoding.ASCII.GetBytes(text));
        writer.Write("\"\r\n"u8);
    }

    /// <summary>An INVITE of theirs that is still open when its dialog ends gets its final answer.</summary>
    private void EndAsked(Leg leg, int status)
    {
        if (!leg.Asked.IsNone)
        {
            RefuseAsked(leg, status, default);
        }
    }
}
