using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Registrations.Relay;

/// <summary>A PBX behind the gateway, its phones, and others whom these are not to reach.</summary>
public abstract class RelayCallTest : RelayTest
{
    protected override SceneOptions Options => base.Options with
    {
        Peer = peer => peer.Name == "bob" ? peer with { Credentials = [new PeerCredentials("gateway", null, "secret")] } : peer,
        UsualRoutes = routes => routes.Where(route => route.Name is "echo" or "barred" or "six"),
    };

    protected override IEnumerable<Route> Routes(SceneModel model) =>
    [
        SceneModel.Route("carol", [SceneModel.Called("carol")], SceneModel.To(model.Carol)),
        SceneModel.Route("either", [SceneModel.Called("either")], SceneModel.To(model.Carol), SceneModel.To(model.Bob)),
        SceneModel.Dialplan(SceneModel.Head("short", [SceneModel.Called("short")]), new RouteEdits { Called = SceneModel.Template("4999") }, SceneModel.To(model.Bob)),
    ];

    private protected PhoneDialog Dial(ScriptedPhone phone, string called, string headers = "", string host = Domain)
    {
        var dialog = phone.Dialog(called);
        dialog.SetTarget($"sip:{called}@{host}");
        dialog.Invite(phone.Sdp(), headers);
        return dialog;
    }
}
