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
        Span<Range> parts = stackalloc Range[5];
        if (text.AsSpan().Split(parts, ' ') != 4 || !IpEndpoint.TryParse(text[parts[2]], out var here) || !IpEndpoint.TryParse(text[parts[3]], out var there))
        {
            return false;
        }

        for (var transport = Transport.Udp; transport <= Transport.Wss; transport++)
        {
            if (text.AsSpan(parts[1]).SequenceEqual(TransportNames.Text(transport)))
            {
                flow = new FlowText(text[parts[0]], transport, here, there);
                return true;
            }
        }

        return false;
    }
}
