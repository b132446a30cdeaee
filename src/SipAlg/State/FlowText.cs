using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Transports;

namespace SipAlg.State;

/// <summary>A flow that outlives the process: "phones udp 10.0.0.1:5060 203.0.113.5:5062", the realm first. Connections do not.</summary>
internal readonly record struct FlowText(string Realm, Transport Transport, IpEndpoint Local, IpEndpoint Remote)
{
    public override string ToString() => $"{Realm} {TransportNames.Text(Transport)} {Local} {Remote}";

    public static bool TryParse(string text, out FlowText flow)
    {
        flow = default;
        if (text.Split(' ') is not [var realm, var name, var local, var remote] || !IpEndpoint.TryParse(local, out var here) || !IpEndpoint.TryParse(remote, out var there))
        {
            return false;
        }

        foreach (var transport in Enum.GetValues<Transport>())
        {
            if (TransportNames.Text(transport) == name)
            {
                flow = new FlowText(realm, transport, here, there);
                return true;
            }
        }

        return false;
    }
}
