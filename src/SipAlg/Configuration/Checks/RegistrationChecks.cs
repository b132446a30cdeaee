using SipAlg.Calls.Model;
using SipAlg.Configuration.Building;
using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;

namespace SipAlg.Configuration.Checks;

/// <summary>What must hold for the registrations of a realm: the gateway is the registrar, or a peer in another realm, and their times fit.</summary>
internal static class RegistrationChecks
{
    public static void Run(GatewayOptions options, NameTable names, ProblemList problems)
    {
        foreach (var realm in options.Realms)
        {
            if (realm.Value.Registrations is { RelayTo: { } registrar } relay)
            {
                names.Peer(registrar);
                Peer(realm, registrar, names, problems);
                Times(relay, problems);
                NoUsers(realm.Value, registrar, problems);
            }
            else if (realm.Value.Registrations is { } registrations)
            {
                Times(realm.Value, registrations, problems);
            }
        }
    }

    private static void Peer(Named<RealmOptions> realm, Located<string> registrar, NameTable names, ProblemList problems)
    {
        if (names.FindPeer(registrar.Value) is not { } peer)
        {
            return;
        }

        if (peer.Realm?.Value == realm.Name)
        {
            problems.Error(registrar.At, $"peer '{registrar.Value}' is in realm '{realm.Name}' itself", "registrations are passed on to another realm: phones and PBX of one network need no gateway between them");
        }

        if (peer.Address is null)
        {
            problems.Error(registrar.At, $"peer '{registrar.Value}' has no address to register at", "write its address");
        }
    }

    private static void Times(RegistrationsOptions relay, ProblemList problems)
    {
        foreach (var (time, key) in new[] { (relay.DefaultExpires, "default_expires"), (relay.MinExpires, "min_expires"), (relay.MaxExpires, "max_expires") })
        {
            if (time is not null)
            {
                problems.Error(time.At, $"'{key}' is for phones that register here, and these register with '{relay.RelayTo!.Value}'", "write upstream_expires and phone_expires");
            }
        }

        if (relay.ServiceRoute is { } route)
        {
            problems.Error(route.At, $"'service_route' is for phones that register here, and these register with '{relay.RelayTo!.Value}'", "remove it: their requests come as they registered");
        }

        if ((relay.PhoneExpires?.Value ?? RelaySettings.UsualPhone) > (relay.UpstreamExpires?.Value ?? RelaySettings.UsualUpstream))
        {
            problems.Error((relay.PhoneExpires ?? relay.UpstreamExpires)!.At, "'phone_expires' is longer than 'upstream_expires'", "phones refresh here more often than the gateway does there");
        }
    }

    private static void NoUsers(RealmOptions realm, Located<string> registrar, ProblemList problems)
    {
        if (realm.Domain is { } domain)
        {
            problems.Error(domain.At, $"this realm's phones register with '{registrar.Value}', which checks their passwords", "remove 'domain', or 'relay_to': users of the gateway need a realm of their own");
        }
    }

    private static void Times(RealmOptions realm, RegistrationsOptions registrations, ProblemList problems)
    {
        foreach (var (time, key) in new[] { (registrations.UpstreamExpires, "upstream_expires"), (registrations.PhoneExpires, "phone_expires") })
        {
            if (time is not null)
            {
                problems.Error(time.At, $"'{key}' says nothing without 'relay_to'", "write the peer that phones register with, or default_expires, min_expires, max_expires");
            }
        }

        if (realm.Domain is null && (registrations.DefaultExpires ?? registrations.MinExpires ?? registrations.MaxExpires) is { } first)
        {
            problems.Warn(first.At, "nobody registers in a realm without a 'domain' or 'relay_to'", "write the domain that users register with");
        }

        var times = RegistrationsBuilder.Registrar(registrations);
        if (times.Least > times.Usual || times.Usual > times.Most)
        {
            problems.Error(registrations.At, $"registrations last {Text(times.Least)} to {Text(times.Most)}, and {Text(times.Usual)} by default", "min_expires ≤ default_expires ≤ max_expires");
        }
    }

    private static string Text(TimeSpan time) => $"{time.TotalSeconds}s";
}
