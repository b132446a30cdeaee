using System.Collections.Immutable;
using SipAlg.Admin;
using SipAlg.Calls.Model;
using SipAlg.Configuration;
using SipAlg.Configuration.Problems;
using SipAlg.Linux;
using SipAlg.Signaling.Transports;
using SipAlg.State;

namespace SipAlg.Hosting;

/// <content>Another configuration takes effect.</content>
internal sealed partial class GatewayHost
{
    /// <summary>A reload that nobody asked the API for: the audit has those too, as the request that would have done the same.</summary>
    /// <param name="reason">For the log.</param>
    /// <param name="who">For the audit.</param>
    public async Task ReloadAsync(string reason, string who)
    {
        var (status, detail) = (500, default(string));
        try
        {
            var result = await Reloader.ReloadAsync(reason).ConfigureAwait(false);
            (status, detail) = (result.IsDone ? 200 : 422, result.Refusal);
        }
        finally
        {
            _audit.Add(who, HttpMethods.Post, ReloadApi.Path, status, detail);
        }
    }

    /// <summary>A checked configuration takes effect, unless the system refuses an address: then nothing does.</summary>
    /// <returns>What stands against it; empty when it has taken effect.</returns>
    private async Task<ImmutableArray<Problem>> ApplyAsync(LoadedConfiguration next)
    {
        var before = Gateway.Model;
        await _decisions.FinishAsync().ConfigureAwait(false);
        await _resolver.DisposeAsync().ConfigureAwait(false);
        await _advertised.DisposeAsync().ConfigureAwait(false);
        try
        {
            _keys.Take(next);
            ContactKeyFile.Keep(Gateway.Contacts, next, _log);
            Report(await Gateway.TakeAsync(next.Model).ConfigureAwait(false), before);
        }
        catch (ListenerException fault)
        {
            _keys.Take(Reloader.Running);
            return [ProblemOf(fault, next)];
        }
        finally
        {
            if (Gateway.Model.Dialplan == next.Model.Dialplan && Journal.Recent.Configured(next.Model.Dialplan))
            {
                _decisions.Begin();
            }

            _resolver = new PeerResolver(Gateway.Model, Gateway.Peers, Gateway.Names.FindAsync, Gateway.Found, _log, _time, _resolver);
            _resolver.Start();
            _advertised = new AdvertiseResolver(Gateway.Model, Gateway.Names.FindAsync, Gateway.Advertise, _log, _time);
            _advertised.Start();
        }

        _protection.Take(next.Host, Gateway);
        _programLog.SetLevel(next.Host.LogLevel);
        Journal.WriteTo(next.Host.Cdr);
        await Hep.TakeAsync(next.Host.Hep).ConfigureAwait(false);
        return [];
    }

    /// <summary>As at a start, of what is new.</summary>
    private void Report(IReadOnlyList<int> opened, GatewayModel before)
    {
        var report = new StartReport(Gateway, _log);
        var hasOtherPorts = false;
        foreach (var listener in opened)
        {
            report.WriteListener(listener);
        }

        foreach (var realm in Gateway.Model.Realms)
        {
            var known = realm.Index < before.Realms.Length ? before.Realms[realm.Index] : null;
            if (realm.IsRemoved && known is { IsRemoved: false })
            {
                HostingLog.RealmRemoved(_log, realm.Name);
            }
            else if (!realm.IsRemoved && (known is null or { IsRemoved: true } || known.Media.RangeOf(realm.Index) != realm.Media.RangeOf(realm.Index) || known.Media.Sets != realm.Media.Sets))
            {
                report.WriteMedia(realm);
                hasOtherPorts = true;
            }
        }

        if (hasOtherPorts)
        {
            report.WarnOfDescriptors();
        }
    }

    /// <summary>Perhaps the gateway itself has the address, for a realm that had it until now.</summary>
    private Problem ProblemOf(ListenerException fault, LoadedConfiguration next)
    {
        var wanted = fault.Listener;
        var own = fault.Errno != Errors.AddressInUse ? null : Enumerable.Range(0, Gateway.Listeners.Count).Where(listener => Gateway.Network.State(listener) != ListenerState.Closed).Select(listener => Gateway.Listeners[listener])
            .FirstOrDefault(listener => listener.Transport == wanted.Transport && listener.Address.Port == wanted.Address.Port && Overlap(listener, wanted));
        return new Problem(
            Severity.Error, next.Places.Of($"realms.{wanted.Name}.listen.{TransportNames.Text(wanted.Transport)}://{wanted.Address}"), fault.Summary,
            own is null ? fault.Hint : $"realm '{own.Name}' has {TransportNames.Text(own.Transport)}://{own.Address} open until its last call there has ended: remove that first and add this later, or restart the gateway");
    }

    private static bool Overlap(ListenerOptions one, ListenerOptions other) =>
        one.Address.Address.IsV4 == other.Address.Address.IsV4 &&
        (one.Address.Address == other.Address.Address || one.Address.Address.IsUnspecified || other.Address.Address.IsUnspecified);
}
