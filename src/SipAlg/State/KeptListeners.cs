using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Transports;

namespace SipAlg.State;

/// <summary>The listeners of this run for flows of the last one.</summary>
internal sealed class KeptListeners(IReadOnlyList<ListenerOptions> listeners)
{
    /// <summary>What was found: few listeners, many flows.</summary>
    private readonly Dictionary<(string Realm, Transport Transport, IpEndpoint Local), int?> _found = [];

    /// <summary>By the realm's listener that it came by, or one like it: addresses may have been configured anew.</summary>
    public bool TryFlow(in FlowText kept, out Flow flow)
    {
        var key = (kept.Realm, kept.Transport, kept.Local);
        if (!_found.TryGetValue(key, out var found))
        {
            _found[key] = found = Find(kept);
        }

        flow = found is { } index ? new Flow(kept.Transport, index, kept.Local, kept.Remote) : default;
        return found is not null;
    }

    private int? Find(FlowText kept) => listeners
        .Select((options, index) => (Options: options, Index: index))
        .Where(listener => listener.Options.Name == kept.Realm && listener.Options.Transport == kept.Transport && listener.Options.Address.Address.IsV6 == kept.Local.Address.IsV6)
        .OrderByDescending(listener => listener.Options.Address.Port == kept.Local.Port)
        .Select(listener => (int?)listener.Index)
        .FirstOrDefault();
}
