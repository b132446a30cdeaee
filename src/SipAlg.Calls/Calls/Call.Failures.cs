using System.Collections.Immutable;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Legs;
using SipAlg.Calls.Messages;
using SipAlg.Calls.Model;
using SipAlg.Calls.Peers;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Messages;

namespace SipAlg.Calls.Calls;

/// <content>Failures: what a target's means for the others, and which one the caller hears of.</content>
internal sealed partial class Call
{
    /// <summary>RFC 3261 §21.5.4: without Retry-After a 503 says no more than 500; how long to wait is said of the target, not of us.</summary>
    private static readonly ImmutableArray<HeaderEdit> WithoutRetryAfter = [new HeaderEdit("Retry-After", null)];

    private void OnFailure(Branch branch, SipMessage response)
    {
        var status = response.Status;
        if (status < 400 && branch.List.Route.FollowsRedirects)
        {
            OnRedirect(branch, response);
            return;
        }

        EndBranch(branch, AttemptOutcome.Refused);
        if (branch.Hops.LeadsOn(status))
        {
            var seconds = RetryAfter.Seconds(response.First(HeaderId.RetryAfter));
            if (TryNextHop(branch, seconds == 0 ? PeerHops.Rest : TimeSpan.FromSeconds(Math.Min(seconds, PeerState.LongestRest.TotalSeconds))))
            {
                return;
            }

            branch.Peer?.Rest(_lane.Room.Time, seconds);
        }

        var failure = NewFailure(branch.List, branch.Target, status, CallCause.CalleeRefused) with { Asked = branch.Facts };
        _failures.Add(_lane.Lane.Octets, failure, status >= 400 && FailureStatus(status) != status && failure.Shown != status ? null : response);
        TargetQueue.Failed(branch.List, status, alwaysLeadsOn: false);
        if (status >= 600 && !HasAnswer)
        {
            // RFC 3261 §16.7 step 5: nobody else would take it.
            GiveUpAll(AttemptOutcome.Cancelled);
            FailByBest();
            return;
        }

        GoOn();
    }

    /// <summary>A target's 2xx waits for the caller's PRACK: the call is as good as answered.</summary>
    private bool HasAnswer
    {
        get
        {
            var branch = _branches;
            while (branch is { Answer.IsEmpty: true })
            {
                branch = branch.Next;
            }

            return branch is not null;
        }
    }

    /// <summary>What a target's failure is to the caller.</summary>
    private static int ShownStatus(Route route, Peer? peer, int status)
    {
        var mapped = route.StatusForCaller(peer, status);
        return mapped != status || (status < 400 && !route.FollowsRedirects) ? mapped : FailureStatus(status);
    }

    /// <summary>Every target has failed: the caller hears of the best of it (RFC 3261 §16.7), and what decided (RFC 3326).</summary>
    private void FailByBest()
    {
        var failure = _failures.Best;
        NoteDecisive(failure);
        _record.TargetStatus = failure.Cause == CallCause.CalleeRefused ? failure.Status : 0;

        if (!TryRefuse(failure, _failures.Response))
        {
            RefuseAsked(_caller, failure.Shown, default);
        }

        End(failure.Shown, failure.Cause);
    }

    /// <summary>Refuses the caller with what crosses of a target's answer.</summary>
    /// <returns>False if that fits no message: then nothing was sent.</returns>
    private bool TryRefuse(in Failure failure, SipMessage? response)
    {
        var writer = new MessageWriter(_lane.Output);
        LegMessages.BeginResponse(ref writer, _caller, failure.Shown, PhraseOf(failure, response));
        if (response is null || !response.Has(HeaderId.Reason))
        {
            WriteReason(ref writer, failure);
        }

        if (response is null)
        {
            WriteCause(ref writer, _caller, failure.Cause);
            writer.Finish(default);
        }
        else
        {
            if (failure.Shown < 400)
            {
                WriteContacts(ref writer, response);
            }

            var crossing = Crossing(_caller) with { Identity = IdentityTowardsCaller(IsTrusted(failure.Target)), CarriesProof = IsRegistrarOfCaller(failure.Target) };
            crossing = failure.Status == 503 ? crossing with { Edits = WithoutRetryAfter } : crossing;
            crossing.Write(ref writer, response);
            LegMessages.Finish(ref writer, response.First(HeaderId.ContentType), BodyCrossing.Opaque(_lane, response));
        }

        if (!writer.Overflowed)
        {
            Respond(_caller, failure.Shown, writer.Written);
        }

        return !writer.Overflowed;
    }

    private static ReadOnlySpan<byte> PhraseOf(in Failure failure, SipMessage? response) =>
        failure.Status != failure.Shown ? default :
        response is not null ? response[response.Reason] :
        failure.Cause switch
        {
            CallCause.NoAnswer => "No answer"u8,

            // RFC 3323 §5: the reason phrase tells that privacy failed.
            CallCause.PrivacyUnavailable => "Requested privacy not available"u8,
            _ => default,
        };

    /// <summary>RFC 3326: the status that decided, whatever the caller's is.</summary>
    private static void WriteReason(ref MessageWriter writer, in Failure failure)
    {
        writer.Write("Reason: SIP;cause="u8);
        writer.Write(failure.Status);
        writer.Write(";text=\""u8);
        writer.Write(failure.Cause switch
        {
            CallCause.NoAnswer => "No answer"u8,
            CallCause.TargetTimedOut => "No response"u8,
            CallCause.TargetUnreachable => "Unreachable"u8,
            CallCause.NoTargetUsable => "No usable address"u8,
            CallCause.NoSecureTarget => "No way with TLS"u8,
            CallCause.LimitReached => "Limit reached"u8,
            CallCause.RedirectUnroutable => "Redirected to no route"u8,
            CallCause.RedirectLoop => "Redirected without end"u8,
            CallCause.NoCodec => "No codec is allowed"u8,
            CallCause.NoSrtp => "No agreement on SRTP"u8,
            CallCause.PrivacyUnavailable => "Requested privacy not available"u8,
            _ => StatusPhrases.Of(failure.Status),
        });
        writer.Write("\"\r\n"u8);
    }
}
