using SipAlg.Calls.Model;
using SipAlg.Configuration.Problems;

namespace SipAlg.Configuration.Reloading;

/// <summary>
/// Finds what has changed and only a start can apply: sockets, threads, files that are open for as long as the gateway runs. A reload
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
            (host.FastPath != nextHost.FastPath, "media.fast_path"),
            (host.MediaSockets != nextHost.MediaSockets, "media.sockets"),
            (sip.T1 != nextSip.T1, "sip.t1"),
            (sip.Lanes != nextSip.Lanes, "sip.lanes"),
            (!host.NameServers.SequenceEqual(nextHost.NameServers), "sip.dns"),
            (host.StateFolder != nextHost.StateFolder, "state.folder"),
            (host.TraceMemory != nextHost.TraceMemory, "trace.memory"),
            (host.LogFormat != nextHost.LogFormat, "logging.format"),
        ];
        foreach (var (_, key) in settings.Where(setting => setting.IsChanged))
        {
            yield return (key, $"'{key}' has");
        }

        foreach (var change in next.Model.Realms.SelectMany(realm => Changed(running.Model.Realms.FirstOrDefault(known => known.Name == realm.Name), realm)))
        {
            yield return change;
        }
    }

    private static IEnumerable<(string Key, string What)> Changed(Realm? known, Realm realm)
    {
        var key = $"realms.{realm.Name}";
        if (known is null || realm.IsRemoved)
        {
            yield return (known is null ? key : "realms", $"realm '{realm.Name}' was {(known is null ? "added" : "removed")}: the realms have");
            yield break;
        }

        if (!known.Listen.SequenceEqual(realm.Listen))
        {
            yield return ($"{key}.listen", $"the listeners of realm '{realm.Name}' have");
        }

        if (known.Media.RangeOf(realm.Index) != realm.Media.RangeOf(realm.Index))
        {
            yield return ($"{key}.media.ports", $"the media ports of realm '{realm.Name}' (ports, reserve, dscp) have");
        }

        if (known.Authentication?.Name != realm.Authentication?.Name)
        {
            yield return ($"{key}.domain", $"the domain of realm '{realm.Name}' has");
        }

        if (known.Relay?.Registrar.Name != realm.Relay?.Registrar.Name)
        {
            yield return ($"{key}.registrations", $"'relay_to' of realm '{realm.Name}' has");
        }
    }
}
