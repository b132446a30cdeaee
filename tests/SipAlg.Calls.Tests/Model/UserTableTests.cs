using SipAlg.Calls.Model;

namespace SipAlg.Calls.Tests.Model;

public sealed class UserTableTests
{
    private static readonly UserTable Users = new(
    [
        new User { Index = 0, Name = "alice", Numbers = ["+4930123", "101"], Aliases = ["frontdesk"] },
        new User { Index = 1, Name = "pbx", Numbers = ["+49304567*", "+49304567100"], Aliases = ["office", "101"] },
        new User { Index = 2, Name = "branch", Numbers = ["+4930456720*"] },
        new User { Index = 3, Name = "+4930456721" },
    ]);

    [Theory]
    [InlineData("alice", "alice")]
    [InlineData("+4930123", "alice")]
    [InlineData("frontdesk", "alice")]
    [InlineData("101", "alice")]
    [InlineData("office", "pbx")]
    [InlineData("+49304567", "pbx")]
    [InlineData("+493045679", "pbx")]
    [InlineData("+49304567100", "pbx")]
    [InlineData("+493045672", "pbx")]
    [InlineData("+4930456720", "branch")]
    [InlineData("+493045672012", "branch")]
    [InlineData("+4930456721", "+4930456721")]
    [InlineData("+49304567211", "pbx")]
    [InlineData("Alice", null)]
    [InlineData("+493012", null)]
    [InlineData("+49301234", null)]
    [InlineData("+4930456", null)]
    [InlineData("+49304567*", "pbx")]
    [InlineData("", null)]
    public void A_user_is_found_by_name_then_number_then_alias(string called, string? expected) => Assert.Equal(expected, Users.Find(called)?.Name);

    [Fact]
    public void Without_users_nobody_is_found()
    {
        Assert.Null(UserTable.Empty.Find("alice"));
        Assert.Null(UserTable.Empty.Find(""));
    }
}
