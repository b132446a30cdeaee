using System.Text;
using SipAlg.Calls.Dialplan;
using SipAlg.Calls.Model;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Calls to transfer: alice inside, bob and carol outside, dave in a third realm; "carol" and "dave" are numbers of their own.</summary>
public abstract class TransferTest : CallTest
{
    private protected const string Supports = "Supported: replaces\r\nAllow: INVITE, ACK, BYE, CANCEL, REFER, NOTIFY\r\n";

    /// <summary>Who carries out what each of the peers asks for.</summary>
    private protected virtual TransferMode Mode => TransferMode.Auto;

    protected override SceneOptions Options => new()
    {
        Peer = peer => peer with { Transfer = Mode },
        Routes = model => [SceneModel.Route("carol", [SceneModel.Called("carol")], SceneModel.To(model.Carol)), .. MoreRoutes(model)],
    };

    private protected virtual IEnumerable<Route> MoreRoutes(SceneModel model) => [];

    private protected ScriptedPhone Carol => Scene.Carol;
    private protected ScriptedPhone Dave => Scene.Dave;

    /// <summary>A call that is answered.</summary>
    private protected static (PhoneDialog A, PhoneDialog B) Talk(ScriptedPhone caller, ScriptedPhone callee, string headers = Supports)
    {
        var a = caller.Call(callee.Name, headers: headers);
        var b = callee.ExpectCall();
        b.Answer(200, callee.Sdp(), headers: headers);
        b.ExpectRequest("ACK");
        a.ExpectAnswered();
        return (a, b);
    }

    /// <summary>What a phone says of a dialog of its own to somebody who shall take its place: the far side is to act (RFC 3891 §4).</summary>
    private protected static string Replaces(PhoneDialog dialog) => $"{dialog.CallId};to-tag={dialog.RemoteTag};from-tag={dialog.LocalTag}";

    /// <summary>The dialog as who has it is told of it.</summary>
    private protected static string OwnName(PhoneDialog dialog) => $"{dialog.CallId};to-tag={dialog.LocalTag};from-tag={dialog.RemoteTag}";

    private protected static string ReferTo(string user, string host, PhoneDialog? replaced = null, string more = "") =>
        $"Refer-To: <sip:{user}@{host}{(replaced is null ? "" : $"?Replaces={Uri.EscapeDataString(Replaces(replaced))}")}{more}>\r\n";

    /// <summary>The URI of Refer-To and what its Replaces says.</summary>
    private protected static (string Target, string Replaces) ReadReferTo(SentMessage refer)
    {
        Assert.True(NameAddress.TryParse(refer.Parse().First(HeaderId.ReferTo), out var address));
        Assert.True(SipUri.TryParse(address.Uri, out var uri));
        var headers = new UriHeaders(uri.Headers);
        var replaces = "";
        while (headers.MoveNext())
        {
            replaces = headers.Name.SequenceEqual("Replaces"u8) ? Uri.UnescapeDataString(Encoding.UTF8.GetString(headers.Value)) : replaces;
        }

        return (Encoding.UTF8.GetString(address.Uri).Split('?')[0], replaces);
    }

    /// <summary>A NOTIFY of the gateway's about a transfer, which is taken.</summary>
    private protected static SentMessage ExpectReport(PhoneDialog dialog, int status, string named = "refer")
    {
        var notify = dialog.ExpectRequest("NOTIFY");
        Assert.Equal(named, notify.Header(HeaderId.Event));
        Assert.Equal("message/sipfrag;version=2.0", notify.Header(HeaderId.ContentType));
        Assert.StartsWith($"SIP/2.0 {status} ", Body(notify), StringComparison.Ordinal);
        Assert.StartsWith(status >= 200 ? "terminated;reason=noresource" : "active;expires=", notify.Header(HeaderId.SubscriptionState), StringComparison.Ordinal);
        Assert.NotNull(notify.Header(HeaderId.Contact));
        dialog.AnswerTo(notify, 200);
        return notify;
    }

    /// <summary>Asks the gateway for a transfer, which it takes on.</summary>
    private protected static void Refer(ScriptedPhone phone, PhoneDialog dialog, string headers, string named = "refer")
    {
        dialog.Request("REFER", headers);
        phone.ExpectResponse(202);
        ExpectReport(dialog, 100, named);
    }

    /// <summary>Moves the clock until the phone has been sent something, or 10 s are over.</summary>
    private protected void Await(ScriptedPhone phone)
    {
        for (var waited = 0; phone.Inbox.Count == 0 && waited < 10_000; waited += 10)
        {
            Scene.Advance(10);
        }
    }

    private protected static string Body(SentMessage sent) => Encoding.UTF8.GetString(sent.Parse().BodyOctets);
}
