using SipAlg.Protocol.Addresses;

namespace SipAlg.Hosting;

/// <summary>What the embedded default says to whoever starts the gateway for the first time.</summary>
internal static class Welcome
{
    public static string Text(Gateway gateway, IpEndpoint admin)
    {
        var port = gateway.Network.Bound(0).Port;
        return $"""

            SipAlg runs on its embedded default: no sipalg.yaml was found here.

              SIP      port {port} of this host, UDP and TCP, for phones on this host and in private networks
              Try it   call 600 to hear yourself, 601 to hear a tone (sip:600@127.0.0.1:{port}); no registration, no password
              Admin    http://{admin}/healthz, /metrics, /api/v1/calls
              Your own write a sipalg.yaml here, say where calls go in a dialplan, and start again:
                       docs/configuration.md and docs/dialplan.md begin with whole examples, `sipalg check` finds what is wrong
              End it   Ctrl-C


            """;
    }
}
