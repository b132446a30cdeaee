using SipAlg.Protocol.Sip;

namespace SipAlg.Testing.Agents;

/// <content>The callee's side: RFC 3261 §13.3, §9.2; RFC 3262 §3. With several forks its dialogs are those of as many phones.</content>
public sealed partial class AgentCall
{
    private ServerTransaction? _asked;
    private bool _takesReliable;
    private bool _wantsReliable;

    internal void OnInvite(ServerTransaction invite)
    {
        _asked = invite;
        _wantsReliable = invite.Request.Lists(HeaderId.Require, "100rel");
        _takesReliable = _wantsReliable || invite.Request.Lists(HeaderId.Supported, "100rel");
        for (var fork = 0; fork < Habits.Forks; fork++)
        {
            Dialogs.Add(AgentDialog.Called(this, invite.Request));
        }

        if (Habits.Timer is { } timer && AgentDialog.ReadSession(invite.Request).Seconds is > 0 and var asked && asked < timer.Least)
        {
            Refuse(422, $"Min-SE: {timer.Least.ToString(System.Globalization.CultureInfo.InvariantCulture)}\r\n");
        }
    }

    private bool IsPending(AgentDialog dialog) => !IsCaller && Final == 0 && dialog.State == AgentDialogState.Early;

    public bool MayRing(AgentDialog dialog, bool isReliable) =>
        IsPending(dialog) && (isReliable ? _takesReliable && dialog.MaySendReliably : !_wantsReliable);

    /// <summary>18x.</summary>
    /// <param name="dialog">Of which fork.</param>
    /// <param name="status">180 or 183.</param>
    /// <param name="hasDescription">With the answer, or, to an INVITE without one and reliably, with an offer.</param>
    /// <param name="isReliable">RFC 3262.</param>
    public void Ring(AgentDialog dialog, int status, bool hasDescription, bool isReliable)
    {
        var headers = isReliable ? $"Require: 100rel\r\nRSeq: {dialog.NextReliable()}\r\n" : "";
        var body = hasDescription ? dialog.ProvisionalDescription(isReliable) : null;
        var text = _asked!.Respond(status, dialog.LocalTag, dialog.ContactLine + headers, dialog.Write(body));
        if (isReliable)
        {
            dialog.Await(text, body is not null, OnPrackMissing);
        }
    }

    private void OnPrackMissing()
    {
        if (Final == 0)
        {
            Refuse(504);
        }
    }

    /// <summary>Also late, when another fork has answered already and this one does not know.</summary>
    public bool MayAnswer(AgentDialog dialog) => !IsCaller && dialog.MayAnswer &&
        (IsPending(dialog) || (Final is >= 200 and < 300 && dialog.State == AgentDialogState.Lost));

    public void Answer(AgentDialog dialog)
    {
        Final = 200;
        End(AgentDialogState.Lost, but: dialog);
        dialog.Accept(_asked!);
    }

    public bool MayRefuse => !IsCaller && Final == 0;

    public void Refuse(int status, string headers = "")
    {
        Final = status;
        End(AgentDialogState.Ended);
        _asked!.Respond(status, Dialogs[0].LocalTag, headers);
    }

    internal void OnCancelled()
    {
        IsCancelled = true;
        Refuse(487);
    }

    /// <summary>The caller's BYE ended one of the early dialogs; with the last one the INVITE ends (RFC 3261 §15.1.2).</summary>
    internal void OnEarlyBye()
    {
        if (Final == 0 && Dialogs.TrueForAll(static dialog => dialog.State != AgentDialogState.Early))
        {
            Refuse(487);
        }
    }
}
