using System.Text;
using SipAlg.Calls.Authentication;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Lanes;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Verdicts;

/// <summary>INVITEs that became no call.</summary>
internal static class AdmissionVerdicts
{
    public static Verdict Of(CallRecord record, Refusal refusal) =>
        refusal.Fault != MessageFault.None ? Text(record, VerdictCode.Malformed).With("fault", Words(refusal.Fault))
            .Of($"The INVITE from {record.CallerAt} cannot be read: {Words(refusal.Fault)}{(record.Status == 0 ? ", and not enough of it to answer" : "")}.")
        : refusal.Credentials != AuthenticationOutcome.Accepted ? OfCredentials(record, refusal) : OfReason(record, refusal.Reason);

    /// <summary>As the far side hears it, without what all of them begin with.</summary>
    public static string Words(MessageFault fault) => fault switch
    {
        MessageFault.Empty or MessageFault.NotSip => "it is no SIP",
        MessageFault.Version => "its version is not SIP/2.0",
        _ => Encoding.ASCII.GetString(MessageFaults.Phrase(fault)).Replace("Bad Request: ", "", StringComparison.Ordinal),
    };

    private static VerdictText Text(CallRecord record, VerdictCode code) =>
        new VerdictText(code).With("source", record.CallerAt).With("realm", record.FromRealm).With("peer", record.FromPeer).With("status", record.Status);

    /// <summary>To the operator only: the far side hears the same whatever was wrong.</summary>
    private static Verdict OfCredentials(CallRecord record, Refusal refusal)
    {
        var user = refusal.User ?? "";
        VerdictText With(VerdictCode code) => Text(record, code).With("user", user);
        return refusal.Credentials switch
        {
            AuthenticationOutcome.Held => With(VerdictCode.TooManyGuesses).Of($"{record.CallerAt} has sent so many wrong passwords that no more of it are looked at for a while."),
            AuthenticationOutcome.OtherUri => With(VerdictCode.OtherRequest).Of($"The credentials of user '{user}' were made for another request than the one that they came with: they were copied, or somebody on the way changed the Request-URI."),
            AuthenticationOutcome.Unusable => With(VerdictCode.UnusableCredentials).Of($"The caller at {record.CallerAt} answers the challenge with credentials that cannot be checked: they {refusal.CredentialFault}."),
            _ when !IsKnown(record, user) => With(VerdictCode.NoSuchUser).Of($"The caller at {record.CallerAt} says to be user '{user}', and there is none of that name."),
            _ => With(VerdictCode.WrongPassword).Of($"User '{user}' exists, but the phone at {record.CallerAt} has another password for it."),
        };
    }

    private static bool IsKnown(CallRecord record, string user) =>
        record.Model?.Realms.FirstOrDefault(realm => realm.Name == record.FromRealm)?.Authentication?.Users is { } users && users.Find(user) is not null;

    private static Verdict OfReason(CallRecord record, RefusalReason reason)
    {
        VerdictText As(VerdictCode code) => Text(record, code);
        return reason switch
        {
            RefusalReason.UnknownSource => As(VerdictCode.UnknownSource).Of($"The call came from {record.CallerAt}, which is no peer in realm '{record.FromRealm}', and the realm has no users that could prove who they are."),
            RefusalReason.Certificate => TlsVerdicts.OfStranger(record, As(VerdictCode.NoPeerCertificate)),
            RefusalReason.Draining => As(VerdictCode.Draining).Of("The gateway takes no new calls: it drains, or stops."),
            RefusalReason.ListenerClosing => As(VerdictCode.Draining).Of("The call came to an address that the configuration has no more: it is open for calls that stand, and takes no new ones."),
            RefusalReason.Overload => As(VerdictCode.Overloaded).Of("The gateway had more signalling to do than it could: it refused a share of the new calls, so that those which stood went on."),
            RefusalReason.MediaOverload => As(VerdictCode.Overloaded).Of("The gateway had more media to relay than it could: it refused a share of the new calls, so that those which stood went on."),
            RefusalReason.PeerLimit => As(VerdictCode.CallerLimit).Of($"{Parties.Caller(record)} has as many calls, or as many a second, as its limits allow."),
            RefusalReason.AccountLimit => AccountVerdicts.Of(record, record.Refusal?.Breach),
            RefusalReason.TooManyHops => As(VerdictCode.TooManyHops).Of("The call has gone through so many systems that none is left of its Max-Forwards: it goes round in a loop."),
            RefusalReason.Merged => As(VerdictCode.CameTwice).Of("The same INVITE came twice by different ways: a proxy forks to the gateway more than once, or a loop leads back to it."),
            RefusalReason.Extension => As(VerdictCode.UnsupportedExtension).Of("The caller requires a SIP extension that the gateway does not have; its 420 names it."),
            RefusalReason.BadBody => As(VerdictCode.UnsupportedBody).Of("The INVITE has a body that the gateway cannot take across: an unknown type or encoding that must be understood."),
            RefusalReason.SessionInterval => As(VerdictCode.SessionTooShort).Of("The caller asks for a session timer that is shorter than any may be; its 422 says how long is long enough."),
            RefusalReason.Scheme => As(VerdictCode.UnsupportedScheme).Of("The Request-URI is neither sip:, sips: nor tel:, or it is sips: and came without TLS."),
            _ => As(VerdictCode.Refused).Of($"The gateway refused the call with {record.Status} before it asked the dialplan."),
        };
    }
}
