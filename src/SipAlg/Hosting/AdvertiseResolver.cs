using SipAlg.Calls.Model;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Resolution;
using SipAlg.Signaling.Transports;

namespace SipAlg.Hosting;

/// <summary>
/// Keeps the addresses up to date that a realm shows by a host name: of a gateway whose public address changes. What was found stays
/// when a later look-up fails; before the first the local addresses are shown.
/// </summary>
internal sealed class AdvertiseResolver : IAsyncDisposable
{
    private readonly NameWatch[] _watches;
    private readonly CancellationTokenSource _stopping = new();
    private Task _loops = Task.CompletedTask;

    /// <param name="model">Its realms.</param>
    /// <param name="find">Finds the addresses of a host; does not throw.</param>
    /// <param name="found">Told what a realm shows from now on.</param>
    /// <param name="log">Told of changes and failures.</param>
    /// <param name="time">The clock.</param>
    public AdvertiseResolver(
        GatewayModel model, Func<SipTarget, HopReach, Task<SipHops>> find, Action<Realm, AdvertiseRule> found, ILogger log, TimeProvider time)
    {
        _watches =
        [
            .. model.Realms.Where(realm => !realm.IsRemoved && realm.Advertise.HostName is not null).Select(realm =>
            {
                var shown = new Shown(realm, found, log);
                return new NameWatch(() => find(shown.Target, shown.Reach), shown.Take, time);
            }),
        ];
    }

    /// <summary>Looks up at once, and then again and again.</summary>
    public void Start() => _loops = Task.WhenAll(_watches.Select(watch => Task.Run(() => watch.RunAsync(_stopping.Token))));

    /// <summary>Looks every host up once.</summary>
    internal Task LookUpAsync() => Task.WhenAll(_watches.Select(watch => watch.LookUpAsync(_stopping.Token)));

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loops.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private sealed class Shown(Realm realm, Action<Realm, AdvertiseRule> found, ILogger log)
    {
        private AdvertiseRule _rule = realm.Advertise;
        private bool _isFailing;

        /// <summary>With a port, so that there are addresses only (RFC 3263 §4.2).</summary>
        public SipTarget Target { get; } = new(realm.Advertise.HostName!, SipPorts.Plain, realm.Listen[0].Transport, IsSecure: false);

        /// <summary>Of both families that it listens on, whatever the transport.</summary>
        public HopReach Reach { get; } = HopReach.Of(realm.Listen.Select(listen => (realm.Listen[0].Transport, listen.Endpoint.Address.IsV4)));

        public void Take(SipHops hops)
        {
            if (hops.Outcome != HopOutcome.Found)
            {
                if (!_isFailing)
                {
                    HostingLog.NotAdvertised(log, realm.Name, Target.Host, NameWatch.Reason(hops.Outcome));
                }

                _isFailing = true;
                return;
            }

            _isFailing = false;
            var rule = _rule with { V4 = Choose(hops, isV4: true, _rule.V4), V6 = Choose(hops, isV4: false, _rule.V6) };
            if (rule != _rule)
            {
                _rule = rule;
                found(realm, rule);
                HostingLog.Advertised(log, realm.Name, Target.Host, string.Join(", ", hops.All.Select(hop => hop.Endpoint.Address)));
            }
        }

        /// <summary>Servers give the same addresses in changing order: the one that is shown stays as long as it is among them.</summary>
        private static IpAddress Choose(SipHops hops, bool isV4, IpAddress shown)
        {
            var addresses = hops.All.Select(hop => hop.Endpoint.Address).Where(address => address.IsV4 == isV4).ToList();
            return addresses.Contains(shown) ? shown : addresses.FirstOrDefault();
        }
    }
}
