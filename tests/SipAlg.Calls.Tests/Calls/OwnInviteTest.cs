using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Calls.Legs;
using SipAlg.Signaling.Identifiers;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>INVITEs of the gateway's own in a dialog.</summary>
public abstract class OwnInviteTest : CallTest
{
    private protected static string Body(SentMessage sent) => Encoding.UTF8.GetString(sent.Parse().BodyOctets);

    private protected static string Origin(SentMessage sent) => Body(sent).Split("\r\n")[1];

    private protected (Call Call, Leg Leg) Of(PhoneDialog dialog)
    {
        Assert.True(MintedId.TryParse(Encoding.UTF8.GetBytes(dialog.RemoteTag), out var id));
        var call = (Call)Scene.Calls.At(id.Slot)!;
        return (call, (Leg)call.LegWith(id.Secret, Encoding.UTF8.GetBytes(dialog.LocalTag))!);
    }

    /// <summary>The gateway wants to ask this phone again.</summary>
    private protected void Ask(PhoneDialog dialog, OwnInvitePurpose purpose = OwnInvitePurpose.Refresh, string offer = "")
    {
        var (call, leg) = Of(dialog);
        Scene.Turn(() => call.AskOwn(leg, purpose, Encoding.UTF8.GetBytes(offer)));
    }

    /// <summary>Who is asked, the other, their phones, and the last description that the asked one was sent.</summary>
    private protected (PhoneDialog Asked, PhoneDialog Other, ScriptedPhone Phone, ScriptedPhone OtherPhone, string Known) Sides(bool isCaller)
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Accept();
        var answer = a.ExpectAnswered();
        return isCaller ? (a, b, Alice, Bob, Body(answer)) : (b, a, Bob, Alice, Body(b.Asked));
    }

    /// <summary>Moves the clock until the phone is asked, for 4 seconds at most.</summary>
    private protected SentMessage Await(PhoneDialog dialog)
    {
        var until = Scene.Harness.Time.Now + 4000;
        while (dialog.Phone.Inbox.Count == 0 && Scene.Harness.Time.Now < until)
        {
            Scene.Advance(10);
        }

        return dialog.ExpectRequest("INVITE");
    }

    private protected void EndNormally(PhoneDialog asker, PhoneDialog asked, bool isCaller)
    {
        HangUp(asker, asked);
        Scene.End(isCaller ? CallCause.CallerHungUp : CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }
}
