using SipAlg.Calls.Model;
using SipAlg.Configuration.Options;
using SipAlg.Configuration.Problems;
using SipAlg.Signaling.Transports;

namespace SipAlg.Configuration.Checks;

/// <summary>Keys of SRTP stand in SDP (RFC 4568 §8.2): whoever reads the signalling can listen in.</summary>
internal static class KeyChecks
{
    public static void Run(GatewayOptions options, ProblemList problems)
    {
        foreach (var realm in options.Realms.Where(realm => realm.Value.Srtp is { Value: not SrtpMode.Off }))
        {
            if (OpenListener(realm.Value) is { } listen)
            {
                problems.Warn(realm.Value.Srtp!.At, $"keys of SRTP would travel unencrypted: realm '{realm.Name}' takes SIP at {listen}", "listen on tls:// alone, or know that whoever reads the signalling can listen in");
            }
        }

        foreach (var peer in options.Peers)
        {
            Peer(peer, options.Realms.FirstOrDefault(realm => realm.Name == peer.Value.Realm?.Value)?.Value, problems);
        }
    }

    private static void Peer(Named<PeerOptions> peer, RealmOptions? realm, ProblemList problems)
    {
        var isSaidOfRealm = peer.Value.Srtp is null && realm is not null && OpenListener(realm) is not null;
        if ((peer.Value.Srtp ?? realm?.Srtp) is { Value: not SrtpMode.Off } srtp && !isSaidOfRealm && peer.Value.Address is { Value.IsTls: false } address)
        {
            problems.Warn(peer.Value.Srtp?.At ?? address.At, $"keys of SRTP would travel unencrypted: peer '{peer.Name}' is not reached by TLS", $"write transport=tls into its address, or {(srtp.Value == SrtpMode.Required ? "know that whoever reads the signalling can listen in" : "srtp: off")}");
        }
    }

    private static ListenAddress? OpenListener(RealmOptions realm) =>
        realm.Listen?.Value.FirstOrDefault(listen => listen.Value.Transport is not (Transport.Tls or Transport.Wss))?.Value;
}
