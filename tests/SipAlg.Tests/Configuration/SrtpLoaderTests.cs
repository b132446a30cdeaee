using SipAlg.Calls.Model;

namespace SipAlg.Tests.Configuration;

/// <summary>What is written of SRTP stands in the model.</summary>
public sealed class SrtpLoaderTests
{
    [Fact]
    public void A_peer_without_srtp_has_its_realms()
    {
        var model = new ConfigurationBench().LoadPart(
            """
            realms:
              a: { listen: udp://10.0.0.1, srtp: optional }
              b: { listen: udp://10.0.0.2, media: { ports: 20000-20999 } }
            peers:
              p: { realm: a, accept_from: 10.0.0.9 }
              q: { realm: a, accept_from: 10.0.0.8, srtp: off }
              r: { realm: b, accept_from: 10.0.0.7, srtp: required }
            """).Configuration!.Model;

        Assert.Equal([SrtpMode.Optional, SrtpMode.Off], model.Realms.Select(realm => realm.Srtp));
        Assert.Equal([null, SrtpMode.Off, SrtpMode.Required], model.Peers.Select(peer => peer.Srtp));
    }
}
