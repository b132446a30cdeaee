using System.Globalization;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Phones;

namespace SipAlg.Testing.Agents;

/// <content>Transfers (RFC 3515, RFC 5589): it sends its other side to somebody, or is sent.</content>
public sealed partial class AgentDialog
{
    /// <summary>What a call that it is sent to is called: its own name with this behind it, once or, by the caller, twice.</summary>
    public const string ReferredSuffix = "t";

    /// <summary>The name of the call that another one came of, which may be itself.</summary>
    public static string FirstFlow(string flow) => flow.Replace(ReferredSuffix, "", StringComparison.Ordinal);

    /// <summary>What it has to tell who sent it; 0 for nothing.</summary>
    private int _report;
    private bool _isReported;

    /// <summary>It has asked for a transfer, which may have changed who talks to whom.</summary>
    public bool HasReferred { get; private set; }

    public bool MayRefer => MayRequest && !HasReferred;

    /// <summary>Asks that its other side be sent to this number.</summary>
    public void Refer(string number)
    {
        HasReferred = true;
        _open++;
        Ask("REFER", $"{ContactLine}Refer-To: <sip:{number}@gw.{_agent.Phone.Host}?X-Flow={Call.Flow}>\r\n", null, answer => OnOpenAnswered(answer, false));
    }

    /// <summary>The transfer is over for who asked for it: it goes (RFC 5589 §6.1).</summary>
    private void OnNotify(ServerTransaction notify)
    {
        Reply(notify, 200);
        var words = notify.Request.Body.Split(' ');
        if (words.Length > 1 && int.TryParse(words[1], CultureInfo.InvariantCulture, out var status) && status is >= 200 and < 300 && MayHangUp)
        {
            HangUp();
        }
    }

    /// <summary>It is sent to somebody, whom it calls at once.</summary>
    private void OnRefer(ServerTransaction refer)
    {
        var target = refer.Request[HeaderId.ReferTo];
        if (!Call.Habits.TakesRefer || _isReported)
        {
            Reply(refer, 603);
            return;
        }

        Reply(refer, 202, ContactLine);
        _isReported = true;
        Report(100);
        var number = target[(target.IndexOf("sip:", StringComparison.Ordinal) + 4)..target.IndexOf('@', StringComparison.Ordinal)];
        _agent.Invite(number, Call.Flow + (Call.IsCaller ? ReferredSuffix + ReferredSuffix : ReferredSuffix)).Answered = Report;
    }

    private void Report(int status)
    {
        _report = status;
        TellReport();
    }

    private void TellReport()
    {
        if (_report == 0 || State != AgentDialogState.Confirmed)
        {
            return;
        }

        if (!MayRequest)
        {
            _agent.Expect(AgentTimes.T1, TellReport);
            return;
        }

        var status = _report;
        (_report, _open) = (0, _open + 1);
        var state = status < 200 ? "active;expires=60" : "terminated;reason=noresource";
        Ask("NOTIFY", $"{ContactLine}Event: refer\r\nSubscription-State: {state}\r\n", null, answer => OnOpenAnswered(answer, false),
            ScriptedPhone.Body($"SIP/2.0 {status.ToString(CultureInfo.InvariantCulture)} Phrase\r\n", "message/sipfrag;version=2.0"));
    }
}
