using SipAlg.Testing.Network;

namespace SipAlg.Linux.Tests;

public sealed class LivingNameTests
{
    private readonly string _name = $"test/{Guid.NewGuid():N}";

    [Fact]
    public void Is_one_holders_until_it_ends()
    {
        using (var first = LivingName.TryTake(_name))
        {
            Assert.Equal(_name, first?.Name);
            Assert.Null(LivingName.TryTake(_name));
            using var longer = LivingName.TryTake(_name + "1");
            Assert.NotNull(longer);
        }

        using var next = LivingName.TryTake(_name);
        Assert.NotNull(next);
    }

    [Fact]
    public void Each_network_has_names_of_its_own()
    {
        using var room = new NetworkRoom();
        using var here = LivingName.TryTake(_name);
        using var there = room.Do(() => LivingName.TryTake(_name));
        Assert.NotNull(here);
        Assert.NotNull(there);
    }
}
