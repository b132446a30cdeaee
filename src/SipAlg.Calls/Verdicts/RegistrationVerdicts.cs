using SipAlg.Calls.Authentication;
using SipAlg.Calls.Lanes;
using SipAlg.Calls.Registrations;
using SipAlg.Protocol.Sip;

namespace SipAlg.Calls.Verdicts;

/// <summary>REGISTERs that bound nothing: why a phone is not registered.</summary>
public static class RegistrationVerdicts
{
    public static Verdict Of(RegistrationFailure failure) =>
        failure.Fault != MessageFault.None ? Text(failure, VerdictCode.Malformed).With("fault", AdmissionVerdicts.Words(failure.Fault))
            .Of($"The REGISTER from {failure.Source} cannot be read: {AdmissionVerdicts.Words(failure.Fault)}.")
        : failure.Credentials != AuthenticationOutcome.Accepted ? OfCredentials(failure)
        : failure.Reason == RefusalReason.Count ? Text(failure, VerdictCode.RegistrarRefused)
            .Of($"The registrar of peer '{failure.Registrar}' answered {failure.Status}: it does not take this phone, or not now.")
        : OfReason(failure);

    private static VerdictText Text(RegistrationFailure failure, VerdictCode code) => new VerdictText(code)
        .With("source", failure.Source).With("realm", failure.Realm).With("aor", failure.Aor).With("user", failure.User).With("registrar", failure.Registrar).With("status", failure.Status);

    /// <summary>To the operator only: the phone hears the same whatever was wrong.</summary>
    private static Verdict OfCredentials(RegistrationFailure failure)
    {
        var user = failure.User ?? "";
        VerdictText With(VerdictCode code) => Text(failure, code);
        return failure.Credentials switch
        {
            AuthenticationOutcome.Held => With(VerdictCode.TooManyGuesses).Of($"{failure.Source}, or others in the name of user '{user}', sent so many wrong passwords that no more are looked at for a while."),
            AuthenticationOutcome.OtherUri => With(VerdictCode.OtherRequest).Of($"The credentials of user '{user}' were made for another request than the REGISTER that they came with: they were copied, or somebody on the way changed the Request-URI."),
            AuthenticationOutcome.Unusable => With(VerdictCode.UnusableCredentials).Of($"The phone at {failure.Source} answers the challenge with credentials that cannot be checked: they {failure.CredentialFault}."),
            _ when failure.Registrar is { } registrar => With(VerdictCode.WrongPassword).Of($"The registrar of peer '{registrar}' refused the credentials of user '{user}' with {failure.Status}: the phone at {failure.Source} has another password for it, or the peer knows no such user."),
            _ when failure.Model?.Realms.FirstOrDefault(realm => realm.Name == failure.Realm)?.Authentication?.Users.Find(user) is null =>
                With(VerdictCode.NoSuchUser).Of($"The phone at {failure.Source} says to be user '{user}', and there is none of that name."),
            _ => With(VerdictCode.WrongPassword).Of($"User '{user}' exists, but the phone at {failure.Source} has another password for it."),
        };
    }

    private static Verdict OfReason(RegistrationFailure failure)
    {
        VerdictText As(VerdictCode code) => Text(failure, code);
        var upstream = failure.Registrar is { } registrar ? $"The registrar of peer '{registrar}'" : "The registrar";
        return failure.Reason switch
        {
            RefusalReason.UnknownSource or RefusalReason.Method => As(VerdictCode.NoRegistrar).Of($"Phones cannot register in realm '{failure.Realm}': it has no users, and passes no registrations on (domain, registrations.relay_to)."),
            RefusalReason.OtherUser => As(VerdictCode.OtherUser).Of($"User '{failure.User}' wants to register '{failure.Aor}', which is neither his name nor one of his aliases or numbers."),
            RefusalReason.Extension => As(VerdictCode.UnsupportedExtension).Of("The phone requires a SIP extension that the gateway does not have; its 420 names it."),
            RefusalReason.TooManyContacts => As(VerdictCode.TooManyContacts).Of($"'{failure.Aor}' would have more contacts than one user may have."),
            RefusalReason.RegistrationsFull => As(VerdictCode.RegistrationsFull).Of("There are as many registrations with registrars behind the gateway as are kept."),
            RefusalReason.RegistrarDown => As(VerdictCode.RegistrarDown).Of($"{upstream} does not answer: it is down, or a firewall drops the packets, or its answers."),
            RefusalReason.Overload => As(VerdictCode.Overloaded).Of("The gateway had more signalling to do than it could: it refused a share of what was new, those that are registered last."),
            RefusalReason.PeerLimit => As(VerdictCode.CallerLimit).Of($"So many questions to the registrar are open, of this source or of all phones, that no more are asked just now."),
            RefusalReason.BadRegister => As(VerdictCode.BadRegistration).Of($"The REGISTER was refused with {failure.Status}: {Words(failure.Status)}."),
            _ => As(VerdictCode.Refused).Of($"The gateway refused the REGISTER with {failure.Status}."),
        };
    }

    private static string Words(int status) => status switch
    {
        439 => "it asks for Outbound (reg-id) by a proxy that does not keep flows",
        500 => "it is older than one of the same phone that came before",
        513 => "its Path is too long",
        _ => "its Contact, or its address-of-record, cannot be used",
    };
}
