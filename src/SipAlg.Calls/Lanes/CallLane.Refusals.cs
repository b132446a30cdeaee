using System.Text;
using SipAlg.Calls.Admission;
using SipAlg.Calls.Authentication;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Fraud;
using SipAlg.Calls.Registrations;
using SipAlg.Protocol.Digest;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Messages;
using SipAlg.Signaling.Traces;
using SipAlg.Signaling.Transactions;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Lanes;

/// <content>What is told of INVITEs that became no call, and of REGISTERs that bound nothing.</content>
public sealed partial class CallLane
{
    /// <summary>Octets of a name, as far as it is shown: who is refused may write what he likes.</summary>
    private const int MostShown = 128;

    /// <summary>What a request is refused for in this turn.</summary>
    private LimitBreach? _breach;

    private readonly RefusalBudget _invitesTold = new();
    private readonly RefusalBudget _registersTold = new();

    /// <summary>Refuses a request, and tells of it. To a stranger the answer is sent once, and nothing is kept of it.</summary>
    internal void Refuse(TransactionId transaction, SipMessage request, in Flow flow, int status, RefusalReason reason, ReadOnlySpan<byte> phrase = default)
    {
        Refused(transaction, request, flow, status, reason);
        if (PeerOf(flow, default) is null)
        {
            Transactions.ReplyOnce(transaction, request, flow, status, phrase);
        }
        else
        {
            Transactions.Reply(transaction, request, flow, status, phrase);
        }
    }

    /// <summary>A request is refused before it became anything: it is told to nobody but who looks for it.</summary>
    /// <param name="transaction">The request's, before its answer is sent.</param>
    /// <param name="request">Any.</param>
    /// <param name="flow">The way that it came.</param>
    /// <param name="status">Of the answer.</param>
    /// <param name="reason">Why.</param>
    internal void Refused(TransactionId transaction, SipMessage request, in Flow flow, int status, RefusalReason reason)
    {
        Counters.Refuse(Lane.Group(flow.Listener), reason);
        if (BeginsCall(request))
        {
            Tell(transaction, request, flow, status, new Refusal(reason, AuthenticationOutcome.Accepted)
            {
                Breach = reason == RefusalReason.AccountLimit ? _breach : null,
                Certificate = CertificateFault(flow),
                CertificateNames = NamesOf(flow),
            });
        }
        else if (request.Method == SipMethod.Register)
        {
            NotRegistered(request, flow, status, reason);
        }
    }

    /// <summary>The credentials of a request prove nothing.</summary>
    internal void Unproven(TransactionId transaction, SipMessage request, in Flow flow, in AuthenticationResult result, int status)
    {
        if (BeginsCall(request))
        {
            Tell(transaction, request, flow, status, new Refusal(RefusalReason.Count, result.Outcome) { User = UserIn(request), CredentialFault = CredentialFault(request, flow, result.Outcome) });
        }
        else if (request.Method == SipMethod.Register)
        {
            NotRegistered(request, flow, status, RefusalReason.Count, result.Outcome);
        }
    }

    /// <summary>Who asks has used up what the configuration allows: 403, which no phone tries again.</summary>
    internal void RefuseByAccount(TransactionId transaction, SipMessage invite, in Flow flow, LimitBreach breach)
    {
        _breach = breach;
        Refuse(transaction, invite, flow, 403, RefusalReason.AccountLimit, "Forbidden: calling limit reached"u8);
        _breach = null;
    }

    /// <inheritdoc/>
    public void OnMalformed(SipMessage message, in Flow flow, MessageFault fault, ReadOnlySpan<byte> answer)
    {
        Bans.OnMalformed(flow);
        var status = answer.IsEmpty ? 0 : MessageFaults.Status(fault);
        if (message.Method == SipMethod.Register)
        {
            NotRegistered(message, flow, status, RefusalReason.Count, fault: fault);
        }
        else if (message.Method == SipMethod.Invite && _invitesTold.TryTake(flow.Remote.Address, Lane.Now))
        {
            var trace = Lane.Trace is null ? 0 : MessageTrace.OfStranger(message.CallId.Length == 0 ? MessageTrace.OfCall(Lane.Secrets.Next()) : TraceOf(message));
            Lane.Trace?.Received(trace, flow, message.Octets);
            if (status != 0)
            {
                Lane.Trace?.Sent(trace, ResponseHead.ReplyFlow(message, flow), answer, isOnItsWay: true);
            }

            Tell(message, flow, status, new Refusal(RefusalReason.Count, AuthenticationOutcome.Accepted) { Fault = fault }, trace);
        }
    }

    /// <summary>A REGISTER bound nothing.</summary>
    /// <param name="register">As it came.</param>
    /// <param name="flow">The way that it came.</param>
    /// <param name="status">Of the answer; 0: there was none.</param>
    /// <param name="reason">Why; none where one of the others says.</param>
    /// <param name="credentials">What became of its proof.</param>
    /// <param name="fault">What could not be read.</param>
    /// <param name="registrar">Whose answer it is; null: ours.</param>
    internal void NotRegistered(
        SipMessage register, in Flow flow, int status, RefusalReason reason, AuthenticationOutcome credentials = AuthenticationOutcome.Accepted, MessageFault fault = MessageFault.None,
        string? registrar = null)
    {
        if (!_registersTold.TryTake(flow.Remote.Address, Lane.Now))
        {
            return;
        }

        Room.Journal.NotRegistered(new RegistrationFailure(Room.Time.GetUtcNow(), Room.Model.Realms[Lane.Group(flow.Listener)].Name, flow.Remote)
        {
            Aor = AorIn(register),
            User = UserIn(register),
            Agent = Shown(register.First(HeaderId.UserAgent)),
            Status = status,
            Reason = reason,
            Credentials = credentials,
            CredentialFault = CredentialFault(register, flow, credentials),
            Fault = fault,
            Registrar = registrar,
            Model = Room.Model,
        });
    }

    private static bool BeginsCall(SipMessage request) => request.Method == SipMethod.Invite && request.ToTag.IsEmpty;

    private void Tell(TransactionId transaction, SipMessage invite, in Flow flow, int status, Refusal refusal)
    {
        if (_invitesTold.TryTake(flow.Remote.Address, Lane.Now))
        {
            var trace = Lane.Trace is null ? 0 : MessageTrace.OfStranger(TraceOf(invite));
            Transactions.Follow(transaction, trace, invite, flow);
            Tell(invite, flow, status, refusal, trace);
        }
    }

    private void Tell(SipMessage invite, in Flow flow, int status, Refusal refusal, ulong trace)
    {
        _ = SipUri.TryParse(invite[invite.RequestUri], out var uri);
        var realm = Lane.Group(flow.Listener);
        var peer = PeerOf(flow, uri.Host);
        var sender = new Sender(realm, peer is null ? null : Room.Peers[peer.Index], null);
        Span<byte> caller = stackalloc byte[SipLimits.Identifier];
        Span<byte> called = stackalloc byte[SipLimits.Identifier];
        var now = Room.Time.GetUtcNow();
        Room.Journal.Refused(new CallRecord(Lane.Secrets.Next(), caller[..CallNumbers.Caller(invite, sender, caller)], called[..CallNumbers.Called(invite, sender.Peer, called)])
        {
            FromRealm = Room.Model.Realms[realm].Name,
            FromPeer = peer?.Name,
            Trace = trace,
            Lane = Lane.Number,
            Model = Room.Model,
            CallerAt = flow.Remote,
            CallerShown = Shown(flow),
            Refusal = refusal,
            Status = status,
            Cause = CallCause.NotAdmitted,
            Started = now,
            Ended = now,
        });
    }

    private string? CredentialFault(SipMessage request, in Flow flow, AuthenticationOutcome outcome) =>
        outcome == AuthenticationOutcome.Unusable && Room.Model.Realms[Lane.Group(flow.Listener)].Authentication is { } domain ? Authenticator.FaultOf(request, domain, flow.Remote.Address, Lane.Now) : null;

    /// <summary>Who the credentials say that the sender is.</summary>
    private static string? UserIn(SipMessage request)
    {
        foreach (var scheme in new AuthSchemes(request.First(HeaderId.Authorization)))
        {
            if (DigestCredentials.TryParse(scheme.Parameters, out var credentials))
            {
                return Shown(credentials.Username);
            }
        }

        return null;
    }

    private static string AorIn(SipMessage register) =>
        NameAddress.TryParse(register.First(HeaderId.To), out var to) && SipUri.TryParse(to.Uri, out var uri) ? $"{Shown(uri.User)}@{Shown(uri.Host)}" : "";

    private static string Shown(ReadOnlySpan<byte> name) => Encoding.UTF8.GetString(name[..Math.Min(name.Length, MostShown)]);
}
