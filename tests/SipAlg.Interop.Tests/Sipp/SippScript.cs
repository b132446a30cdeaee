using System.Globalization;
using System.Xml.Linq;

namespace SipAlg.Interop.Tests.Sipp;

/// <summary>
/// A SIPp scenario written step by step, as one side of a ladder. What it receives in another order, or at all when no step
/// waits for it, fails the call. A request is answered by its method, whatever came in between; a dialog that has a name is one
/// of several (a callee forks, a caller is told of forks), each with its own tag.
/// </summary>
internal sealed partial class SippScript : ISippScenario
{
    private const string Unused = "unused";
    private const string Retransmitted = "500";

    private readonly XElement _steps;
    private readonly SortedSet<string> _variables = [];
    private readonly bool _isCaller;
    private int _sequence;
    private int _inviteSequence;
    private bool _awaitsAnswerToInvite;
    private string _asked = "";

    private SippScript(string name, bool isCaller)
    {
        Name = name;
        _isCaller = isCaller;
        _steps = new XElement("scenario", new XAttribute("name", name));
    }

    public string Name { get; }

    /// <summary>Milliseconds for which a call that is over still answers retransmissions.</summary>
    public int Linger { get; init; } = 100;

    public static SippScript Caller(string name = "caller") => new(name, isCaller: true);

    public static SippScript Callee(string name = "callee") => new(name, isCaller: false);

    /// <summary>Where it calls from; the callers' address by default.</summary>
    public string? Address { get; private set; }

    /// <summary>What it says in its Allow.</summary>
    private string _methods = "INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, PRACK, INFO, MESSAGE, REFER, NOTIFY, SUBSCRIBE";

    public SippScript At(string address)
    {
        Address = address;
        return this;
    }

    /// <summary>How many calls it plays.</summary>
    public int Calls { get; private set; } = 1;

    public SippScript Taking(int calls)
    {
        Calls = calls;
        return this;
    }

    public SippScript Allowing(string methods)
    {
        _methods = methods;
        return this;
    }

    public string Text
    {
        get
        {
            var whole = new XElement(_steps);
            whole.Add(new XElement("timewait", new XAttribute("milliseconds", Linger)));
            whole.Add(new XElement("Reference", new XAttribute("variables", string.Join(',', _variables))));
            return $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{whole}";
        }
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The name of a variable that belongs to a dialog.</summary>
    private string Of(string variable, string dialog)
    {
        var name = dialog.Length == 0 ? variable : $"{variable}_{dialog}";
        _variables.Add(name);
        return name;
    }

    private SippScript Step(XElement step)
    {
        _steps.Add(step);
        return this;
    }

    public SippScript Pause(int milliseconds) => Step(new XElement("pause", new XAttribute("milliseconds", milliseconds)));

    private SippScript Send(string text, bool isRepeated) =>
        Step(new XElement("send", isRepeated ? new XAttribute("retrans", Retransmitted) : null, new XCData($"\n{text}\n")));

    /// <summary>Waits for a message and looks at it.</summary>
    private SippScript Receive(string kind, string what, IEnumerable<Check> checks, bool isOptional = false, bool isChallenge = false)
    {
        var actions = checks.Select(check => check.Action(Of(Unused, ""))).ToArray();
        return Step(new XElement(
            "recv", new XAttribute(kind, what), isOptional ? new XAttribute("optional", "true") : null,
            isChallenge ? new XAttribute("auth", "true") : null, actions.Length > 0 ? new XElement("action", actions) : null));
    }

    /// <summary>The head's end and the body.</summary>
    private static string Body(Body? body) =>
        body is null ? "Content-Length: 0\n" : $"Content-Type: {body.Type}\nContent-Length: [len]\n\n{body.Text.TrimEnd('\n')}";
}
