using System.Collections.Immutable;
using SipAlg.Calls.Model;

namespace SipAlg.Calls.Dialplan;

/// <summary><c>user</c>: the sender has proven to be one of these.</summary>
public sealed class UserCondition(ImmutableArray<User> users) : Condition
{
    public ImmutableArray<User> Users => users;

    public override string Key => "user";

    public override bool Matches(in RouteRequest request) => request.User is { } user && Holds(user.Index);

    public override string Explain(in RouteRequest request) =>
        $"user {request.User?.Name ?? "(none)"} is not {ReasonText.Any([.. users.Select(user => user.Name)])}";

    public override bool Covers(Condition other) => other is UserCondition narrower && narrower.Users.All(user => Holds(user.Index));

    private bool Holds(int index)
    {
        foreach (var user in users)
        {
            if (user.Index == index)
            {
                return true;
            }
        }

        return false;
    }
}
