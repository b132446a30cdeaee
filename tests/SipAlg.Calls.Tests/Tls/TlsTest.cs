using SipAlg.Calls.Tests.Calls;
using SipAlg.Signaling.Tls;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Tls;

/// <summary>Inside and outside listen for TLS too; bob is reached by it, and carol has to show a certificate.</summary>
public abstract class TlsTest : CallTest
{
    protected const string BobName = "bob.example";
    protected const string CarolName = "carol.example";

    protected virtual bool IsSips => false;

    protected override SceneOptions Options => new()
    {
        Realm = realm => realm.Index == SceneModel.Six ? realm : SceneModel.Secured(realm),
        Peer = peer => peer.Name switch
        {
            "bob" => peer with { Address = peer.Address! with { Transport = Signaling.Transports.Transport.Tls, IsSecure = IsSips, Port = 5061 }, TlsNames = [BobName], IsShownCertificate = true },
            "carol" => peer with { TlsNames = [CarolName], RequiresCertificate = true },
            _ => peer,
        },
    };

    /// <summary>A phone of the peer alice that has come by TLS.</summary>
    protected ScriptedPhone Secure(ulong connection = 7) => Scene.Secure("secure", SceneModel.Inside, SceneModel.AliceAddress, 5061, connection);

    /// <summary>Where the gateway opens connections to bob.</summary>
    protected ScriptedPhone BobByTls(ulong connection = 0) => Scene.Secure("bobtls", SceneModel.Outside, SceneModel.BobAddress, 5061, connection, Scene.Peers[1].Far);

    /// <summary>Somebody outside at an unknown address who has shown a certificate.</summary>
    protected ScriptedPhone Shown(params string[] names) => Scene.Secure("somebody", SceneModel.Outside, "127.92.0.77", 40000, 9, Scene.Identities.OfCertificate(names).Number);

    protected ScriptedPhone ShownBad(TlsResult fault) => Scene.Secure("somebody", SceneModel.Outside, "127.92.0.77", 40000, 9, Scene.Identities.OfFault(fault).Number);

    protected static PhoneDialog CallBySips(ScriptedPhone phone, string called = "bob")
    {
        var dialog = phone.Dialog(called);
        dialog.SetTarget($"sips:{called}@{phone.Flow.Local}");
        dialog.Contact = $"sips:{phone.Name}@{phone.Flow.Remote}";
        dialog.Invite(phone.Sdp());
        return dialog;
    }
}
