using System.Text;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Transports;

namespace SipAlg.State;

/// <summary>The listeners of this run for flows of the last one.</summary>
/// <param name="listeners">With the addresses that they have bound.</param>
internal sealed class KeptListeners(IReadOnlyList<ListenerOptions> listeners)
{
    /// <summary>What was found, by all of a flow's text but its far side: few listeners, many flows.</summary>
    private readonly List<(byte[] Near, Flow? Found)> _found = [];

    /// <summary>By the realm's listener that it came by, or one like it: addresses may have been configured anew.</summary>
    /// <param name="text">As of <see cref="FlowText"/>, UTF-8.</param>
    public bool TryFlow(ReadOnlySpan<byte> text, out Flow flow)
    {
        flow = default;
        var space = text.LastIndexOf((byte)' ');
        if (space < 0 || !IpEndpoint.TryParse(text[(space + 1)..], out var remote) || Near(text[..space]) is not { } near)
        {
            return false;
        }

        flow = new Flow(near.Transport, near.Listener, near.Local, remote);
        return true;
    }

    private Flow? Near(ReadOnlySpan<byte> text)
    {
        foreach (var (near, found) in _found)
        {
            if (text.SequenceEqual(near))
            {
                return found;
            }
        }

        var flow = FlowText.TryParseNear(Encoding.UTF8.GetString(text), out var kept) ? Find(kept) : null;
        _found.Add((text.ToArray(), flow));
        return flow;
    }

    private Flow? Find(FlowText kept) => listeners.Index()
        .Where(listener => listener.Item.Name == kept.Realm && listener.Item.Transport == kept.Transport && listener.Item.Address.Address.IsV6 == kept.Local.Address.IsV6)
        .OrderByDescending(listener => listener.Item.Address.Port == kept.Local.Port)
        .ThenByDescending(listener => LocalOf(listener.Item, kept).Address == kept.Local.Address)
        .Select(listener => (Flow?)new Flow(kept.Transport, listener.Index, LocalOf(listener.Item, kept), default))
        .FirstOrDefault();

    /// <summary>On a wildcard listener the address that was asked.</summary>
    private static IpEndpoint LocalOf(ListenerOptions listener, FlowText kept) =>
        listener.Address.Address.IsUnspecified ? kept.Local.WithPort(listener.Address.Port) : listener.Address;
}
