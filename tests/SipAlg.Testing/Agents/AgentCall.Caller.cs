using SipAlg.Protocol.Sip;
using SipAlg.Testing.Calls;
using SipAlg.Testing.Wire;

namespace SipAlg.Testing.Agents;

/// <content>The caller's side: RFC 3261 §13.2, §9.1; RFC 3262 §4.</content>
public sealed partial class AgentCall
{
    private ClientTransaction? _invite;

    /// <summary>The number; empty of a callee.</summary>
    public string Called { get; private set; } = "";

    internal void Begin(string called, bool hasOffer)
    {
        Called = called;
        var first = AgentDialog.Calling(this, called);
        Dialogs.Add(first);
        var offer = hasOffer ? first.Session.Offer(first.FirstOffer()) : null;
        var reliability = Habits.Reliability switch
        {
            Reliability.Supported => "Supported: 100rel\r\n",
            Reliability.Required => "Require: 100rel\r\n",
            _ => "",
        };
        _invite = first.Ask("INVITE", $"X-Flow: {Flow}\r\n{reliability}", offer, OnInviteAnswer);
    }

    /// <summary>A CANCEL waits for a provisional answer (RFC 3261 §9.1).</summary>
    public bool MayCancel => IsCaller && Final == 0 && !IsCancelled;

    public void Cancel()
    {
        IsCancelled = true;
        if (_invite!.HasProvisional)
        {
            _invite.Cancel();
        }
    }

    private void OnInviteAnswer(WireMessage? response)
    {
        if (response is null)
        {
            Final = Final == 0 ? 408 : Final;
            End(AgentDialogState.Ended);
            Answered(Final);
        }
        else if (response.Status < 200)
        {
            OnProvisional(response);
        }
        else if (response.Status < 300)
        {
            OnSuccess(response);
        }
        else
        {
            Final = response.Status;
            End(AgentDialogState.Ended);
            Answered(Final);
        }
    }

    private void OnProvisional(WireMessage response)
    {
        if (IsCancelled && !_invite!.IsCancelled)
        {
            _invite.Cancel();
        }

        if (response.Status > 100 && response.ToTag.Length > 0 && DialogWith(response) is { State: AgentDialogState.Early } dialog)
        {
            dialog.OnProvisional(response);
        }
    }

    private void OnSuccess(WireMessage response)
    {
        var dialog = DialogWith(response);
        var isFirst = Final == 0;
        Final = response.Status;
        if (!isFirst && !dialog.IsAnswered)
        {
            throw new SceneException($"A second 2xx to one INVITE:\n{response.Sent.Text}");
        }

        End(AgentDialogState.Ended, but: dialog);
        dialog.OnSuccess(response);
        if (isFirst)
        {
            Answered(Final);
        }

        if (isFirst && IsCancelled && dialog.MayHangUp)
        {
            // RFC 3261 §15: the CANCEL came too late.
            dialog.HangUp();
        }
    }

    /// <summary>RFC 3261 §12.1.2: each tag is a dialog.</summary>
    private AgentDialog DialogWith(WireMessage response)
    {
        var dialog = Dialogs.Find(candidate => candidate.RemoteTag == response.ToTag);
        if (dialog is null)
        {
            dialog = Dialogs.Find(static candidate => candidate.RemoteTag.Length == 0);
            if (dialog is null)
            {
                dialog = Dialogs[0].Fork();
                Dialogs.Add(dialog);
            }
        }

        dialog.Learn(response, response[HeaderId.To]);
        return dialog;
    }
}
