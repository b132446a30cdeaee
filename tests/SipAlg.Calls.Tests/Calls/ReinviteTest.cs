using System.Text;
using SipAlg.Calls.Calls;
using SipAlg.Testing.Lanes;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>Calls that are answered, and who of both sides asks for a change.</summary>
public abstract class ReinviteTest : CallTest
{
    private protected static string Body(SentMessage sent) => Encoding.UTF8.GetString(sent.Parse().BodyOctets);

    /// <summary>Who asks, who is asked, and their phones.</summary>
    private protected (PhoneDialog Asker, PhoneDialog Asked, ScriptedPhone From, ScriptedPhone To) Sides(bool isCaller)
    {
        var (a, b) = Answered();
        return isCaller ? (a, b, Alice, Bob) : (b, a, Bob, Alice);
    }

    private protected void EndNormally(PhoneDialog asker, PhoneDialog asked, bool isCaller)
    {
        HangUp(asker, asked);
        Scene.End(isCaller ? CallCause.CallerHungUp : CallCause.CalleeHungUp, CallOutcome.Answered, 200);
    }
}
