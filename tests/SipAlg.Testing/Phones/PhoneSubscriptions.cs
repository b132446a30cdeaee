using System.Globalization;
using System.Text;
using SipAlg.Testing.Lanes;

namespace SipAlg.Testing.Phones;

/// <summary>What phones do with subscriptions (RFC 6665), as subscribers and as notifiers.</summary>
public static class PhoneSubscriptions
{
    public const string DialogInfo = "application/dialog-info+xml";

    /// <summary>Subscribes.</summary>
    /// <param name="phone">Who.</param>
    /// <param name="called">To whom.</param>
    /// <param name="expires">Seconds; −1: the header is left out.</param>
    /// <param name="name">The event.</param>
    /// <param name="headers">More header fields.</param>
    public static PhoneDialog Subscribe(this ScriptedPhone phone, string called = "bob", int expires = 600, string name = "dialog", string headers = "")
    {
        var dialog = phone.Dialog(called);
        dialog.Refresh(phone, expires, name, headers);
        return dialog;
    }

    /// <summary>A SUBSCRIBE in the dialog; 0 seconds take it back.</summary>
    public static void Refresh(this PhoneDialog dialog, ScriptedPhone phone, int expires = 600, string name = "dialog", string headers = "") => dialog.Request(
        "SUBSCRIBE", $"Event: {name}\r\n{(expires < 0 ? "" : $"Expires: {expires.ToString(CultureInfo.InvariantCulture)}\r\n")}Contact: <{dialog.Contact ?? phone.Contact}>\r\n{headers}");

    /// <summary>The 2xx that makes the subscriber's dialog.</summary>
    public static SentMessage ExpectSubscribed(this PhoneDialog dialog, int status = 200)
    {
        var response = dialog.Expect(status);
        dialog.Join(response);
        return response;
    }

    /// <summary>The next message, a SUBSCRIBE that begins a dialog.</summary>
    public static PhoneDialog ExpectSubscription(this ScriptedPhone phone, string method = "SUBSCRIBE") => new(phone, phone.ExpectRequest(method));

    /// <summary>Answers the SUBSCRIBE that began the notifier's dialog, or one that refreshes it.</summary>
    public static void Grant(this PhoneDialog dialog, ScriptedPhone phone, int expires = 600, SentMessage? request = null) =>
        dialog.AnswerTo(request ?? dialog.Asked, 200, phrase: "OK", headers: $"Expires: {expires}\r\nContact: <{phone.Contact}>\r\n");

    /// <summary>A NOTIFY of the notifier.</summary>
    public static void Notify(
        this PhoneDialog dialog, ScriptedPhone phone, string state = "active;expires=600", string body = "", string type = DialogInfo, string name = "dialog", string headers = "") =>
        dialog.Request("NOTIFY", $"Event: {name}\r\nSubscription-State: {state}\r\nContact: <{phone.Contact}>\r\n{headers}", body, type);

    /// <summary>Sees a NOTIFY and answers it.</summary>
    public static SentMessage ExpectNotify(this PhoneDialog dialog, int status = 200)
    {
        var notify = dialog.ExpectRequest("NOTIFY");
        dialog.AnswerTo(notify, status);
        return notify;
    }

    public static string BodyText(this SentMessage sent) => Encoding.UTF8.GetString(sent.Parse().BodyOctets);
}
