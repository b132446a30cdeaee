using SipAlg.Protocol.Addresses;
using SipAlg.Signaling.Transports;

namespace SipAlg.State;

/// <summary>A flow that outlives the process: "phones udp 10.0.0.1:5060 203.0.113.5:5062", the realm first. Connections do not.</summary>
internal readonly record struct FlowText(string Realm, Transport Transport, IpEndpoint Local, IpEndpoint Remote)
{
    public override string ToString() => $"{Realm} {TransportNames.Text(Transport)} {Local} {Remote}";

    /// <summary>Reads it without the far side.</summary>
    public static bool TryParseNear(string text, out FlowText flow)
    {
        flow = default;
        var parts = text.Split(' ');
        if (parts.Length != 3 || !IpEndpoint.TryParse(parts[2], out var here))
        {
            return false;
        }

        for (var transport = Transport.Udp; transport <= Transport.Wss; transport++)
        {
            if (parts[1] == TransportNames.Text(transport))
            {
                flow = new FlowText(parts[0], transport, here, default);
                return true;
            }
        }

        return false;
    }
}
