using System.Globalization;
using SipAlg.Protocol.Sip;
using SipAlg.Testing.Wire;

namespace SipAlg.Testing.Agents;

/// <content>Its session timer (RFC 4028): asked for, agreed on, refreshed, run out.</content>
public sealed partial class AgentDialog
{
    /// <summary>Milliseconds until a refresh that could not be sent, or was refused, is tried again: who made the Call-ID comes later (RFC 3261 §14.1).</summary>
    private int RefreshAgain => Call.IsCaller ? 3000 : 1000;

    private Repetition? _refresh;
    private Repetition? _expiry;
    private int _interval;
    private bool _isRefresher;

    /// <summary>What an INVITE or UPDATE of ours says: what was agreed, so that it does not change (RFC 4028 §7.4).</summary>
    private string SessionLines()
    {
        if (Call.Habits.Timer is not { } timer)
        {
            return "";
        }

        var (seconds, refresher) = _interval != 0 ? (_interval, _isRefresher ? "uac" : "uas") : (timer.Seconds, timer.Refresher);
        return "Supported: timer\r\n" + (seconds == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"Session-Expires: {seconds}{(refresher.Length == 0 ? "" : ";refresher=" + refresher)}\r\n"));
    }

    private string AllowLine => Call.Habits switch
    {
        { Timer: { RefreshesByUpdate: false } } => "Allow: INVITE, ACK, CANCEL, BYE, PRACK, INFO, NOTIFY\r\n",
        { TakesRefer: true } => "Allow: INVITE, ACK, CANCEL, BYE, PRACK, INFO, NOTIFY, UPDATE, REFER\r\n",
        { Timer: not null } => "Allow: INVITE, ACK, CANCEL, BYE, PRACK, INFO, NOTIFY, UPDATE\r\n",
        _ => "",
    };

    /// <summary>Seconds and refresher of Session-Expires; 0 without it.</summary>
    internal static (int Seconds, string Refresher) ReadSession(WireMessage message)
    {
        var words = message[HeaderId.SessionExpires].Split(";refresher=");
        return int.TryParse(words[0], CultureInfo.InvariantCulture, out var seconds) ? (seconds, words.Length > 1 ? words[1] : "") : (0, "");
    }

    /// <summary>A 2xx of theirs to an INVITE or UPDATE of ours.</summary>
    private void HearSession(WireMessage answer)
    {
        if (Call.Habits.Timer is not null && State == AgentDialogState.Confirmed)
        {
            var (seconds, refresher) = ReadSession(answer);
            Agree(seconds, refresher == "uac");
        }
    }

    /// <summary>What our 2xx to an INVITE or UPDATE says of the session's time (RFC 4028 §9).</summary>
    private string AnswerSession(WireMessage request)
    {
        if (Call.Habits.Timer is not { } timer || State != AgentDialogState.Confirmed)
        {
            return AllowLine;
        }

        var (seconds, refresher) = ReadSession(request);
        var isKnown = request.Lists(HeaderId.Supported, "timer");
        refresher = refresher.Length > 0 ? refresher : isKnown && timer.Refresher.Length > 0 ? timer.Refresher : "uas";
        Agree(seconds, refresher == "uas");
        var required = refresher == "uac" ? "Require: timer\r\n" : "";
        return AllowLine + "Supported: timer\r\n" + (seconds == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{required}Session-Expires: {seconds};refresher={refresher}\r\n"));
    }

    private void Agree(int seconds, bool isRefresher)
    {
        _refresh?.Stop();
        _expiry?.Stop();
        (_interval, _isRefresher) = (seconds, isRefresher);
        if (seconds == 0)
        {
            return;
        }

        // RFC 4028 §10.
        _expiry = _agent.Expect(1000 * (seconds - Math.Min(32, seconds / 3)), OnExpired);
        if (isRefresher)
        {
            _refresh = _agent.Expect(500 * seconds, OnRefreshDue);
        }
    }

    private void OnRefreshDue()
    {
        _refresh = _agent.Expect(RefreshAgain, OnRefreshDue);
        if (MayUpdate)
        {
            Refresh();
        }
    }

    /// <summary>Says what was said last once more, or nothing but that it is there.</summary>
    private void Refresh()
    {
        if (Call.Habits.Timer!.RefreshesByUpdate)
        {
            _open++;
            Ask("UPDATE", "", null, answer => OnOpenAnswered(answer, false, isUpdate: true));
            return;
        }

        var offer = Session.Offer(Session.Local!);
        _asking = Ask("INVITE", "", offer, answer => OnReinviteAnswer(answer, hasOffered: true));
    }

    private void OnExpired()
    {
        if (State == AgentDialogState.Confirmed)
        {
            HangUp(AgentEnd.Expired);
        }
    }

    /// <summary>A phone with a timer says yes to a re-INVITE by itself, if its user has not said anything.</summary>
    private void AcceptLater(ServerTransaction invite)
    {
        if (Call.Habits.Timer is { AcceptsAfter: > 0 } timer)
        {
            _agent.Expect(timer.AcceptsAfter, () =>
            {
                if (_asked == invite)
                {
                    AcceptReinvite();
                }
            });
        }
    }
}

/// <summary>What an agent does about session timers.</summary>
/// <param name="Seconds">What it asks for; 0: nothing, but it knows them.</param>
/// <param name="Refresher">Whom it would have refresh: "uac", "uas", or the other side's choice.</param>
/// <param name="RefreshesByUpdate">By UPDATE without an offer; else by re-INVITE.</param>
public sealed record AgentTimer(int Seconds = 0, string Refresher = "", bool RefreshesByUpdate = true)
{
    /// <summary>The shortest that it takes of a call (RFC 4028 §5), in seconds; a shorter one is 422.</summary>
    public int Least { get; init; }

    /// <summary>Milliseconds until it accepts a re-INVITE that its user has not decided on; 0: never.</summary>
    public int AcceptsAfter { get; init; } = 2000;
}
