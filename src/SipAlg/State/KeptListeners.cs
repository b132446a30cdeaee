using System.Text;
using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Transports;

namespace SipAlg.State;

/// <summary>The listeners of this run for flows of the last one.</summary>
/// <param name="listeners">With the addresses that they have bound.</param>
/// <param name="isOwn">Whether an address is one of this host.</param>
/// <param name="towards">The address that a wildcard listener sends from to a far side; "none": no route leads there now.</param>
internal sealed class KeptListeners(IReadOnlyList<ListenerOptions> listeners, Func<IpAddress, bool> isOwn, Func<int, IpEndpoint, IpAddress> towards)
{
    /// <summary>What was found, by all of a flow's text but its far side: few listeners, many flows.</summary>
    private readonly List<(byte[] Text, Near? Found)> _found = [];

    /// <summary>By the realm's listener that it came by, or one like it: addresses may have been configured anew.</summary>
    /// <param name="text">As of <see cref="FlowText"/>, UTF-8.</param>
    public bool TryFlow(ReadOnlySpan<byte> text, out Flow flow)
    {
        flow = default;
        var space = text.LastIndexOf((byte)' ');
        if (space < 0 || !IpEndpoint.TryParse(text[(space + 1)..], out var remote) || NearOf(text[..space]) is not { } near)
        {
            return false;
        }

        flow = new Flow(near.Transport, near.Listener, near.IsGone && towards(near.Listener, remote) is { IsNone: false } own ? new IpEndpoint(own, near.Local.Port) : near.Local, remote);
        return true;
    }

    private Near? NearOf(ReadOnlySpan<byte> text)
    {
        foreach (var (known, found) in _found)
        {
            if (text.SequenceEqual(known))
            {
                return found;
            }
        }

        var near = FlowText.TryParseNear(Encoding.UTF8.GetString(text), out var kept) ? Find(kept) : null;
        _found.Add((text.ToArray(), near));
        return near;
    }

    private Near? Find(FlowText kept) => listeners.Index()
        .Where(listener => listener.Item.Name == kept.Realm && listener.Item.Transport == kept.Transport && listener.Item.Address.Address.IsV6 == kept.Local.Address.IsV6)
        .OrderByDescending(listener => listener.Item.Address.Port == kept.Local.Port)
        .ThenByDescending(listener => LocalOf(listener.Item, kept).Address == kept.Local.Address)
        .Select(listener => new Near(kept.Transport, listener.Index, LocalOf(listener.Item, kept), listener.Item.Address.Address.IsUnspecified && !isOwn(kept.Local.Address)))
        .FirstOrDefault();

    /// <summary>On a wildcard listener the address that was asked.</summary>
    private static IpEndpoint LocalOf(ListenerOptions listener, FlowText kept) =>
        listener.Address.Address.IsUnspecified ? kept.Local.WithPort(listener.Address.Port) : listener.Address;

    /// <param name="IsGone">The host had this address, and has it no more, as a container that was made anew.</param>
    private sealed record Near(Transport Transport, int Listener, IpEndpoint Local, bool IsGone);
}
