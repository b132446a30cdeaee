using System.Globalization;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Verdicts;

/// <summary>Calls that were not answered.</summary>
internal static class SetupVerdicts
{
    /// <summary>From here on a datagram with its headers may not pass a path whole (RFC 3261 §18.1.1: within 200 octets of 1500).</summary>
    private const int LargeRequest = 1300;

    /// <returns>Null for a call that was answered.</returns>
    public static Verdict? Of(CallRecord record) => record.Answered is not null ? null : record.Cause switch
    {
        CallCause.NoRoute or CallCause.RejectedByRoute => OfRoute(record),
        CallCause.CalleeRefused => TargetVerdicts.Of(record),
        CallCause.TargetTimedOut => OfSilence(record),
        CallCause.CallerCancelled => OfCaller(record),
        _ => OfTarget(record) ?? OfOffer(record),
    };

    private static VerdictText Text(CallRecord record, VerdictCode code) => TargetVerdicts.Text(record, code);

    private static Verdict OfRoute(CallRecord record)
    {
        if (record.Cause == CallCause.RejectedByRoute)
        {
            return OfRejection(record, record.Decision?.Rejection);
        }

        var text = new VerdictText(VerdictCode.NoRoute).With("called", record.Called).With("caller", record.Caller).With("realm", record.FromRealm).With("peer", record.FromPeer).With("user", record.FromUser);
        return record.Nearest is not { } nearest
            ? text.Of($"No route of the dialplan matches a call to '{record.Called}' from {Parties.Caller(record)} in realm '{record.FromRealm}'.")
            : text.With("nearest_route", nearest.Name).With("nearest_route_at", nearest.Position).With("condition", nearest.Reason)
                .Of($"No route of the dialplan matches a call to '{record.Called}' from {Parties.Caller(record)} in realm '{record.FromRealm}'; the nearest is '{nearest.Name}', but {nearest.Reason}.");
    }

    /// <summary>Not every refusal is written as one: what a phone may not do, and what a filter keeps out, is nowhere as <c>reject</c>.</summary>
    private static Verdict OfRejection(CallRecord record, Rejection? rejection)
    {
        var text = new VerdictText(VerdictCode.RejectedByRoute).With("route", record.Route).With("called", record.Called).With("status", record.Status);
        return rejection == RelaySettings.Elsewhere
            ? text.With("registrar", record.Sender?.Registrar?.Name).Of($"Phones of realm '{record.FromRealm}' call by way of their registrar{(record.Sender?.Registrar is { } peer ? $", peer '{peer.Name}'," : "")} alone, and the route '{record.Route}' does not lead there: it is answered {record.Status}.")
            : rejection == Route.NumberFiltered
            ? text.Of($"The dialplan's route '{record.Route}' takes this call, and its filter does not let '{record.Called}' be called: it is answered {record.Status}.")
            : text.With("reason", rejection?.Reason).Of($"The dialplan's route '{record.Route}' rejects this call with {record.Status}{(string.IsNullOrEmpty(rejection?.Reason) ? "" : $" ({rejection.Reason})")}.");
    }

    private static Verdict OfSilence(CallRecord record)
    {
        var isLarge = record.TargetBy == Transport.Udp && record.TargetOctets > LargeRequest;
        var text = Text(record, isLarge ? VerdictCode.LargeRequestLost : VerdictCode.NoResponse).With("octets", record.TargetOctets);
        return isLarge
            ? text.Of($"{Parties.TargetAt(record)} never answered, and the INVITE had {record.TargetOctets} octets over UDP: so large a datagram is cut into fragments, which firewalls and routers often drop.")
            : text.Of($"{Parties.TargetAt(record)} never answered the INVITE, not even with 100: it is down, or a firewall drops the packets, or its answers.");
    }

    private static Verdict OfCaller(CallRecord record)
    {
        var seconds = ((record.Ended ?? record.Started) - record.Started).TotalSeconds.ToString("0.#", CultureInfo.InvariantCulture);
        var text = Text(record, record.HasRung ? VerdictCode.CallerGaveUp : VerdictCode.CallerGaveUpUnheard).With("seconds", seconds);
        return record.HasRung
            ? text.Of($"The caller hung up after {seconds} s, while it rang.")
            : text.Of($"The caller hung up after {seconds} s in which it had not heard ringing{(record.HasTargetSpoken || record.TargetAt.IsNone ? "" : $": {Parties.TargetAt(record)} had not answered at all")}.");
    }

    private static Verdict? OfTarget(CallRecord record)
    {
        VerdictText As(VerdictCode code) => Text(record, code);
        var target = Parties.Target(record);
        return record.Cause switch
        {
            CallCause.NoAnswer when !record.HasTargetSpoken => OfSilence(record),
            CallCause.NoAnswer => As(VerdictCode.NoAnswer).Of($"{target} rang as long as a call may ring, and nobody answered."),
            CallCause.TargetUnreachable when record.NotConnected is { } failure && failure.IsTls() => TlsVerdicts.OfTarget(record, failure),
            CallCause.TargetUnreachable => As(VerdictCode.TargetUnreachable).Of($"{Parties.TargetAt(record)} cannot be reached: {WhyUnreachable(record.NotConnected)}"),
            CallCause.LimitReached => As(VerdictCode.TargetLimit).Of($"{target} has as many calls, or as many a second, as its limits allow, and no other target took the call."),
            CallCause.NoTargetUsable => As(VerdictCode.NoUsableAddress).Of($"{(target == Parties.Unnamed ? "The target" : target)} has no address that can be used: its host name does not resolve, or no listener of its realm has the transport or address family."),
            CallCause.NoSecureTarget => As(VerdictCode.NoSecureTarget).Of($"The call was made by a sips: URI, which wants TLS on every hop, and {target} cannot be reached by it: give its address transport=tls and its realm a tls:// listener, or let the phone register by TLS."),
            CallCause.UnknownUser => As(VerdictCode.CalledUserUnknown).Of($"The route '{record.Route}' leads to a registered user, and there is none of that name or number."),
            CallCause.NotRegistered => As(VerdictCode.NotRegistered).Of("The called user exists, but no phone is registered for it."),
            CallCause.RedirectUnroutable => As(VerdictCode.RedirectUnroutable).Of("The target redirected the call to where the dialplan has no route for it."),
            CallCause.RedirectLoop => As(VerdictCode.RedirectLoop).Of("Redirections lead round in a circle, or on and on."),
            CallCause.NothingToReplace => As(VerdictCode.NothingToReplace).Of("The INVITE asks to take the place of a call (Replaces) that is not there, or is over."),
            CallCause.PrackMissing => As(VerdictCode.PrackMissing).Of("The caller requires reliable ringing (100rel) and never acknowledged it with PRACK."),
            _ => null,
        };
    }

    /// <summary>A firewall that drops is told from one that rejects: nothing came back at all.</summary>
    private static string WhyUnreachable(ConnectFailure? failure) => failure switch
    {
        ConnectFailure.Timeout => "it did not answer when a connection was to be opened, so it is down, or a firewall drops the packets.",
        ConnectFailure.LocalError => "this host could not open a connection (it lacks descriptors, ports or the local address); the log and sipalg_sip_connections_failed_total tell more.",
        _ => "the network said so (connection refused, port or host unreachable), so nothing listens there, or a firewall rejects it.",
    };

    private static Verdict OfPorts(CallRecord record) =>
        Text(record, VerdictCode.NoMediaPorts).With("ports_of", record.Shortage?.Realm).Of($"The call got no media port in realm '{record.Shortage?.Realm}': {record.Shortage?.Explanation}.");

    /// <summary>Null for what ends calls that stand, too.</summary>
    private static Verdict? OfOffer(CallRecord record) => record.Cause switch
    {
        CallCause.NoMediaPorts => OfPorts(record),
        CallCause.BadOffer => Text(record, VerdictCode.BadOffer).Of("The caller's SDP cannot be read."),
        CallCause.NoCodec => Text(record, VerdictCode.CodecsForbidden).With("route", record.Route).Of(record.TargetAt.IsNone
            ? "The caller offers no codec that the rules of route and peer allow."
            : $"{Parties.TargetAt(record)} offers or answers no codec that the rules of route and peer allow."),
        CallCause.NoSrtp => KeyVerdicts.OfRefusal(record),
        CallCause.PrivacyUnavailable => Text(record, VerdictCode.PrivacyUnavailable).Of("The caller demands a privacy that cannot be given towards this target."),
        CallCause.MessageTooLarge => Text(record, VerdictCode.MessageTooLarge).Of("The INVITE would be larger than a message may be."),
        _ => null,
    };
}
