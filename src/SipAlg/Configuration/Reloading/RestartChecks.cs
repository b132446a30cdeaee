using SipAlg.Calls.Model;
using SipAlg.Configuration.Problems;

namespace SipAlg.Configuration.Reloading;

/// <summary>
/// Finds what has changed and only a start can apply: threads, memory and files that are the same for as long as the gateway runs. A reload
/// that meets any of it is refused as a whole, so that what runs is always what one file says.
/// </summary>
internal static class RestartChecks
{
    private const string Hint = "restart the gateway for it, or take this change back to reload the rest";

    /// <param name="running">What runs.</param>
    /// <param name="next">What is to take its place.</param>
    public static IEnumerable<Problem> Of(LoadedConfiguration running, LoadedConfiguration next) =>
        Changed(running, next).Select(key => new Problem(Severity.Error, next.Places.Of(key.Key), $"{key.What} changed, which needs a restart", Hint));

    private static IEnumerable<(string Key, string What)> Changed(LoadedConfiguration running, LoadedConfiguration next)
    {
        var (host, nextHost) = (running.Host, next.Host);
        var (sip, nextSip) = (running.Model.Sip, next.Model.Sip);
        (bool IsChanged, string Key)[] settings =
        [
            (host.Admin != nextHost.Admin, "admin"),
            (host.Media.FastPath != nextHost.Media.FastPath, "media.fast_path"),
            (host.Media.Sockets != nextHost.Media.Sockets, "media.sockets"),
            (host.Media.Priority != nextHost.Media.Priority, "media.relay_priority"),
            (sip.T1 != nextSip.T1, "sip.t1"),
            (sip.Lanes != nextSip.Lanes, "sip.lanes"),
            (sip.SeparatesStrangers != nextSip.SeparatesStrangers, "sip.separate_strangers"),
            (!host.NameServers.SequenceEqual(nextHost.NameServers), "sip.dns"),
            (host.StateFolder != nextHost.StateFolder, "state.folder"),
            (host.TraceMemory != nextHost.TraceMemory, "trace.memory"),
            (host.Bans.InKernel != nextHost.Bans.InKernel, "bans.nftables"),
            (host.LogFormat != nextHost.LogFormat, "logging.format"),
        ];
        foreach (var (_, key) in settings.Where(setting => setting.IsChanged))
        {
            yield return (key, $"'{key}' has");
        }

        foreach (var realm in next.Model.Realms)
        {
            var known = running.Model.Realms.FirstOrDefault(known => known.Name == realm.Name);
            if (known is { IsRemoved: false } && !realm.IsRemoved && known.Relay?.Registrar.Name != realm.Relay?.Registrar.Name)
            {
                yield return ($"realms.{realm.Name}.registrations", $"'relay_to' of realm '{realm.Name}' has");
            }
        }

        if (!running.Model.Realms.Any(Registers) && next.Model.Realms.FirstOrDefault(Registers) is { } first)
        {
            yield return ($"realms.{first.Name}.domain", $"that phones register with the gateway (realm '{first.Name}' is the first where they do) has");
        }
    }

    /// <summary>Where registrations are kept is opened at a start that finds somebody who may register.</summary>
    private static bool Registers(Realm realm) => realm is { IsRemoved: false } and not { Authentication: null, Relay: null };
}
