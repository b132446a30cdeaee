namespace SipAlg.Testing.Agents;

public enum UserSide
{
    Caller,

    /// <summary>Bob.</summary>
    Callee,

    /// <summary>Carol.</summary>
    SecondCallee,

    /// <summary>Of several callees the last one asked.</summary>
    AnyCallee,
}

/// <summary>Something that a test allows a user, in the call or subscription of a name.</summary>
public interface IUserAct
{
    UserSide Side { get; }

    /// <summary>How often on one path.</summary>
    int Times { get; }

    /// <summary>Whether its agent may do that now, by the rules that it keeps to.</summary>
    bool IsPossible(AgentScene scene, string flow);

    void Do(AgentScene scene, string flow);
}

/// <summary>What a user may do.</summary>
public enum UserDeed
{
    Ring,
    RingReliably,
    Progress,
    ProgressReliably,
    Answer,
    Refuse,
    Cancel,
    HangUp,
    Hold,
    Resume,
    AddVideo,
    DropVideo,
    ReinviteBare,
    CancelReinvite,
    AcceptReinvite,
    RefuseReinvite,
    Update,
    UpdateVideo,
    Inform,

    /// <summary>A method that nobody knows.</summary>
    Frobnicate,

    /// <summary>Sends the other side to carol.</summary>
    Refer,
}

/// <summary>A deed that a test allows a user.</summary>
/// <param name="Side">Who.</param>
/// <param name="Deed">What.</param>
/// <param name="Dialog">In which of its dialogs.</param>
/// <param name="Times">How often on one path.</param>
public sealed record UserAct(UserSide Side, UserDeed Deed, int Dialog = 0, int Times = 1) : IUserAct
{
    /// <summary>Of a refusal.</summary>
    public int Status { get; init; } = 486;

    public bool IsPossible(AgentScene scene, string flow) => IsPossible(scene.CallOf(Side, flow));

    public void Do(AgentScene scene, string flow) => Do(scene.CallOf(Side, flow)!);

    private bool IsPossible(AgentCall? call)
    {
        if (call is null || call.Dialogs.Count <= Dialog)
        {
            return false;
        }

        var dialog = call.Dialogs[Dialog];
        return Deed switch
        {
            UserDeed.Ring or UserDeed.Progress => call.MayRing(dialog, isReliable: false),
            UserDeed.RingReliably or UserDeed.ProgressReliably => call.MayRing(dialog, isReliable: true),
            UserDeed.Answer => call.MayAnswer(dialog),
            UserDeed.Refuse => call.MayRefuse,
            UserDeed.Cancel => call.MayCancel,
            UserDeed.HangUp => dialog.MayHangUp,
            UserDeed.Hold or UserDeed.Resume or UserDeed.AddVideo or UserDeed.DropVideo or UserDeed.ReinviteBare => dialog.MayReinvite,
            UserDeed.CancelReinvite => dialog.MayCancelReinvite,
            UserDeed.AcceptReinvite or UserDeed.RefuseReinvite => dialog.IsAsked,
            UserDeed.Update or UserDeed.UpdateVideo => dialog.MayUpdate,
            UserDeed.Refer => dialog.MayRefer,
            _ => dialog.MayRequest,
        };
    }

    private void Do(AgentCall call)
    {
        var dialog = call.Dialogs[Dialog];
        switch (Deed)
        {
            case UserDeed.Ring or UserDeed.RingReliably or UserDeed.Progress or UserDeed.ProgressReliably:
                var hasDescription = Deed is UserDeed.Progress or UserDeed.ProgressReliably;
                call.Ring(dialog, hasDescription ? 183 : 180, hasDescription, Deed is UserDeed.RingReliably or UserDeed.ProgressReliably);
                break;
            case UserDeed.Answer:
                call.Answer(dialog);
                break;
            case UserDeed.Refuse:
                call.Refuse(Status);
                break;
            case UserDeed.Cancel:
                call.Cancel();
                break;
            default:
                Do(dialog);
                break;
        }
    }

    private void Do(AgentDialog dialog)
    {
        switch (Deed)
        {
            case UserDeed.HangUp:
                dialog.HangUp();
                break;
            case UserDeed.CancelReinvite:
                dialog.CancelReinvite();
                break;
            case UserDeed.AcceptReinvite:
                dialog.AcceptReinvite();
                break;
            case UserDeed.RefuseReinvite:
                dialog.RefuseReinvite(488);
                break;
            case UserDeed.Update:
                dialog.Update(AgentChange.Hold);
                break;
            case UserDeed.UpdateVideo:
                dialog.Update(AgentChange.AddVideo);
                break;
            case UserDeed.Inform:
                dialog.Send("INFO");
                break;
            case UserDeed.Refer:
                dialog.Refer("carol");
                break;
            case UserDeed.Frobnicate:
                dialog.Send("FROBNICATE");
                break;
            default:
                dialog.Reinvite(Change);
                break;
        }
    }

    /// <summary>Of a re-INVITE; null for one without an offer.</summary>
    private AgentChange? Change => Deed switch
    {
        UserDeed.Hold => AgentChange.Hold,
        UserDeed.Resume => AgentChange.Resume,
        UserDeed.AddVideo => AgentChange.AddVideo,
        UserDeed.DropVideo => AgentChange.DropVideo,
        _ => null,
    };

    public override string ToString() => $"{Side} {Deed} in dialog {Dialog}";
}
