using SipAlg.Calls.Lanes;
using SipAlg.Calls.Legs;
using SipAlg.Protocol.Addresses;
using SipAlg.Protocol.Sip;
using SipAlg.Signaling.Dialogs;
using SipAlg.Signaling.Transports;

namespace SipAlg.Calls.Calls;

/// <summary>Finds the way of a request in a dialog: to the first route, else to the remote target (RFC 3261 §12.2.1.1, §8.1.2).</summary>
internal static class NextHops
{
    /// <summary>
    /// The way to the far side of a dialog, which is where it came from if it stands behind NAT. Where that names a host which is not
    /// known yet, the end takes the way to it as soon as it is.
    /// </summary>
    public static Flow Of(CallLane lane, DialogEnd end, in Flow known) => end.IsBehindNat ? known : Of(lane, end.Dialog, known, end);

    /// <param name="lane">Whose network it is.</param>
    /// <param name="dialog">The dialog.</param>
    /// <param name="known">The way that the far side is known to be reached by: taken for a stream, which has a connection, and where the next hop is a name that is not known.</param>
    /// <param name="end">Gets the way to a name once it is known; null for who does not wait.</param>
    public static Flow Of(CallLane lane, Dialog dialog, in Flow known, DialogEnd? end = null)
    {
        if (known.IsReliable || !SipUri.TryParse(dialog.NextHop, out var uri))
        {
            return known;
        }

        if (!uri.TryAddress(out var address))
        {
            // Of a GRUU, or whoever else names himself by our domain, it is known where he is: the name would lead to ourselves.
            return lane.IsOwnDomain(uri.Host) ? known : lane.NextHopNames.Find(uri, known, end);
        }

        var transport = TransportOf(uri);
        var remote = new IpEndpoint(address, uri.Port == 0 ? SipPorts.Default(transport) : uri.Port, known.Remote.Scope);
        if (transport == known.Transport && remote == known.Remote)
        {
            return known;
        }

        return lane.Lane.Network.TryFlow(lane.Lane.Group(known.Listener), transport, remote, out var flow) ? flow.Towards(lane.FarOf(end, transport, uri)) : known;
    }

    /// <summary>The way over a connection that is still to be opened, for a leg whose own is gone.</summary>
    public static bool TryAnew(CallLane lane, Dialog dialog, in Flow gone, out Flow flow)
    {
        flow = default;
        if (!SipUri.TryParse(dialog.NextHop, out var uri) || !uri.TryAddress(out var address) ||
            !lane.Lane.Network.TryFlow(lane.Lane.Group(gone.Listener), gone.Transport, new IpEndpoint(address, uri.Port == 0 ? SipPorts.Default(gone.Transport) : uri.Port, gone.Remote.Scope), out flow))
        {
            return false;
        }

        // Whoever was there has to be there again.
        flow = flow.Towards(gone.Far);
        return true;
    }

    /// <summary>RFC 3263 §4.1 of a host that is an address; a sips URI means TLS, whatever transport it names (RFC 3261 §26.2.2).</summary>
    public static Transport TransportOf(in SipUri uri) =>
        uri.Scheme == UriScheme.Sips ? Transport.Tls
        : !uri.TryParameter("transport"u8, out var name) ? Transport.Udp
        : System.Text.Ascii.EqualsIgnoreCase(name, "tcp"u8) ? Transport.Tcp
        : System.Text.Ascii.EqualsIgnoreCase(name, "tls"u8) ? Transport.Tls : Transport.Udp;
}
