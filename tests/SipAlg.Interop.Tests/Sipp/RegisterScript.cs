using System.Globalization;
using System.Xml.Linq;

namespace SipAlg.Interop.Tests.Sipp;

/// <summary>A phone's REGISTERs one after another, in one Call-ID; whose phone it is stands in [field0].</summary>
/// <param name="name">Part of the names of the run's files.</param>
/// <param name="isChallenged">
/// True: each is challenged, and [field1] answers that, by the only algorithm that SIPp knows. False: each proves who it is at once, the
/// first by [field1], the second by [field2] and so on.
/// </param>
internal sealed class RegisterScript(string name, bool isChallenged = true) : ISippScenario
{
    /// <summary>The phone's own contact.</summary>
    public const string Own = "Contact: <sip:[field0]@[local_ip]:[local_port];transport=[transport]>\n";

    private const string Unused = "unused";

    private readonly XElement _steps = new("scenario", new XAttribute("name", name));
    private int _registers;
    private bool _looks;

    public string Name => name;

    public string Text
    {
        get
        {
            var whole = new XElement(_steps);
            if (_looks)
            {
                whole.Add(new XElement("Reference", new XAttribute("variables", Unused)));
            }

            return $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{whole}";
        }
    }

    /// <summary>Which of its REGISTERs this belongs to, 0 for the first: each has two numbers, one to be challenged with.</summary>
    public static int PlaceOf(SippMessage message) => (int.Parse(message.Field("CSeq").Split(' ')[0], CultureInfo.InvariantCulture) - 1) / 2;

    /// <summary>Registers, and is answered 200.</summary>
    /// <param name="headers">Contact and Expires, each line ended.</param>
    /// <param name="checks">What is looked at in the answer.</param>
    public RegisterScript Register(string headers, params Check[] checks)
    {
        if (isChallenged)
        {
            Send(headers, 1);
            _steps.Add(new XElement("recv", new XAttribute("response", "401"), new XAttribute("auth", "true")));
        }

        Send($"{headers}[field{Number(isChallenged ? 1 : _registers + 1)}]\n", 2);
        _registers++;
        var actions = checks.Select(check => check.Action(Unused)).ToArray();
        _steps.Add(new XElement("recv", new XAttribute("response", "200"), actions.Length > 0 ? new XElement("action", actions) : null));
        _looks |= actions.Length > 0;
        return this;
    }

    public RegisterScript Pause(int milliseconds)
    {
        _steps.Add(new XElement("pause", new XAttribute("milliseconds", milliseconds)));
        return this;
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private void Send(string headers, int attempt) => _steps.Add(new XElement("send", new XAttribute("retrans", "500"), new XCData($"""

        REGISTER sip:example.com SIP/2.0
        Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
        Max-Forwards: 70
        From: <sip:[field0]@example.com>;tag=r[pid]x[call_number]
        To: <sip:[field0]@example.com>
        Call-ID: [call_id]
        CSeq: {Number((2 * _registers) + attempt)} REGISTER
        {headers}Content-Length: 0


        """)));
}
