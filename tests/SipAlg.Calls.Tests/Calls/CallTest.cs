using SipAlg.Testing.Calls;
using SipAlg.Testing.Phones;

namespace SipAlg.Calls.Tests.Calls;

/// <summary>A scene that ends with the test, and the calls that most tests begin with.</summary>
public abstract class CallTest : IDisposable
{
    private CallScene? _scene;

    protected CallScene Scene => _scene ??= new CallScene(Options);
    protected virtual SceneOptions Options => new();
    protected ScriptedPhone Alice => Scene.Alice;
    protected ScriptedPhone Bob => Scene.Bob;

    /// <summary>Alice's call, answered by bob.</summary>
    protected (PhoneDialog A, PhoneDialog B) Answered(string? offer = null, string? answer = null)
    {
        var a = Alice.Call(body: offer);
        var b = Bob.ExpectCall();
        b.Accept(answer);
        a.ExpectAnswered();
        return (a, b);
    }

    /// <summary>Alice's call, which rings at bob.</summary>
    protected (PhoneDialog A, PhoneDialog B) Ringing()
    {
        var a = Alice.Call();
        var b = Bob.ExpectCall();
        b.Answer(180);
        a.Expect(180);
        return (a, b);
    }

    /// <summary>Alice hangs up and all is told to bob.</summary>
    protected static void HangUp(PhoneDialog a, PhoneDialog b)
    {
        a.Bye();
        a.Expect(200);
        b.ExpectBye();
    }

    public void Dispose()
    {
        _scene?.Dispose();
        GC.SuppressFinalize(this);
    }
}
